"""Makes src/main/weights/checkpoint/oracles.json: what the transformers library computes with tiny models of every family that we convert.

    python tools/checkpoint-oracles.py src/main/weights/checkpoint/oracles.json

Weights come from a small generator, tensor by tensor in the order of names, so that the test makes the same ones. Needs torch and transformers.
"""
import json
import sys

import torch
import transformers

SHARED = dict(vocab_size=768, hidden_size=64, intermediate_size=96, num_hidden_layers=6, num_attention_heads=4, num_key_value_heads=2,
              max_position_embeddings=128, rms_norm_eps=1e-6, rope_theta=10000.0, bos_token_id=1, eos_token_id=2, pad_token_id=0,
              attention_dropout=0.0, torch_dtype="float32")
GEMMA = dict(SHARED, head_dim=32, hidden_activation="gelu_pytorch_tanh", query_pre_attn_scalar=32)
CASES = {
    "llama": dict(SHARED, tie_word_embeddings=False),
    "mistral": dict(SHARED, tie_word_embeddings=False, sliding_window=None, head_dim=16),
    "qwen2": dict(SHARED, tie_word_embeddings=True),
    "qwen3": dict(SHARED, tie_word_embeddings=True, head_dim=32),
    "gemma": dict(GEMMA),
    "gemma2": dict(GEMMA, sliding_window=16, attn_logit_softcapping=50.0, final_logit_softcapping=30.0),
    "gemma3_text": dict(GEMMA, sliding_window=16, rope_theta=1000000.0, rope_local_base_freq=10000.0),
}
# of the config, what a converter reads
KEPT = ("vocab_size hidden_size intermediate_size num_hidden_layers num_attention_heads num_key_value_heads head_dim max_position_embeddings rms_norm_eps "
        "rope_parameters bos_token_id eos_token_id pad_token_id hidden_act hidden_activation tie_word_embeddings sliding_window use_sliding_window "
        "attn_logit_softcapping final_logit_softcapping query_pre_attn_scalar").split()
TOKENS = [1, 17, 300, 45, 9, 701, 88, 260, 5, 431, 77, 12, 650, 33, 208, 91, 3, 540, 64, 7, 119, 402, 28, 555]


def numbers(seed):
    state = seed
    while True:
        state = (state * 1664525 + 1013904223) % 2**32
        yield state / 2**31 - 1


def main(target):
    results = []
    for kind, settings in CASES.items():
        config = transformers.AutoConfig.for_model(kind, **settings)
        config._attn_implementation = "eager"
        model = transformers.AutoModelForCausalLM.from_config(config).float().eval()
        state = model.state_dict()
        tied = kind.startswith("gemma") or settings.get("tie_word_embeddings")
        shapes = {}
        for index, name in enumerate(sorted(state)):
            if name == "lm_head.weight" and tied:
                continue
            shape = list(state[name].shape)
            shapes[name] = shape
            source = numbers(index + 1)
            scale = 0.3 if "norm" in name or "bias" in name else 0.15
            middle = 1.0 if "norm" in name and not kind.startswith("gemma") else 0.0
            values = [middle + next(source) * scale for _ in range(state[name].numel())]
            state[name].copy_(torch.tensor(values, dtype=torch.float32).reshape(shape))
        with torch.no_grad():
            logits = model(torch.tensor([TOKENS])).logits[0]
        # of the last token, and of one in the middle: the window of 16 has then passed
        known = config.to_dict()
        results.append(dict(config={"model_type": kind, **{key: known[key] for key in KEPT if key in known}}, shapes=shapes,
                            logprobs={str(at): [float(f"{x:.6g}") for x in torch.log_softmax(logits[at], -1)[::7].tolist()] for at in (3, 23)}))
    with open(target, "w") as file:
        file.write('{"tokens":' + json.dumps(TOKENS) + ',\n"cases":[\n' + ",\n".join(json.dumps(r, default=str) for r in results) + "\n]}\n")


main(sys.argv[1])
