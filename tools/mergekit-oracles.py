"""Makes src/main/recipes/mergekit/oracles.json: what MergeKit (0.1.5, installed by pip) makes of tiny models, for the tests to compare with.

    python tools/mergekit-oracles.py src/main/recipes/mergekit/oracles.json

The models are Llamas of two layers whose numbers come from a small generator; configurations name them m0 (base), m1, m2, m3; s1 and s2 are as near to the base as fine-tuning leaves them. Random methods run with a
density of 1, where nothing is drawn.
"""
import builtins
import json
import os
import sys
import tempfile

import mergekit.architecture.base as architecture
import torch
import yaml
from mergekit.config import MergeConfiguration
from mergekit.merge import MergeOptions, run_merge
from safetensors.torch import load_file, save_file

for kind in ("ModuleDefinition", "ConfiguredModuleArchitecture", "ConfiguredModelArchitecture", "ModelArchitecture"):
    if hasattr(getattr(architecture, kind, None), "model_rebuild"):  # newer pydantic cannot resolve torch.dtype by itself
        getattr(architecture, kind).model_rebuild(_types_namespace={**vars(builtins), **vars(architecture), "torch": torch})

HIDDEN, INNER, HEADS, VOCAB, LAYERS = 4, 6, 2, 6, 2
CONFIG = dict(
    architectures=["LlamaForCausalLM"], model_type="llama", hidden_size=HIDDEN, intermediate_size=INNER, num_hidden_layers=LAYERS,
    num_attention_heads=HEADS, num_key_value_heads=1, max_position_embeddings=64, rms_norm_eps=1e-5, hidden_act="silu",
    vocab_size=VOCAB, rope_theta=10000.0, tie_word_embeddings=False, torch_dtype="float32", bos_token_id=0, eos_token_id=1,
)


def shapes():
    yield "model.embed_tokens.weight", (VOCAB, HIDDEN)
    for layer in range(LAYERS):
        p = f"model.layers.{layer}."
        for n, s in dict(q=(HIDDEN, HIDDEN), k=(HIDDEN // HEADS, HIDDEN), v=(HIDDEN // HEADS, HIDDEN), o=(HIDDEN, HIDDEN)).items():
            yield f"{p}self_attn.{n}_proj.weight", s
        yield p + "mlp.gate_proj.weight", (INNER, HIDDEN)
        yield p + "mlp.up_proj.weight", (INNER, HIDDEN)
        yield p + "mlp.down_proj.weight", (HIDDEN, INNER)
        yield p + "input_layernorm.weight", (HIDDEN,)
        yield p + "post_attention_layernorm.weight", (HIDDEN,)
    yield "model.norm.weight", (HIDDEN,)
    yield "lm_head.weight", (VOCAB, HIDDEN)


def numbers(seed):
    state = seed
    while True:
        state = (state * 1664525 + 1013904223) % 2**32
        yield state / 2**31 - 1


# name: its own numbers, how far it is from the base, decimals
MODELS = dict(m0=(0, 0.0, 4), m1=(1, 0.3, 4), m2=(2, 0.3, 4), m3=(3, 0.3, 4), s1=(1, 2e-4, 7), s2=(2, 2e-4, 7))


def model(name):
    index, change, decimals = MODELS[name]
    base, own = numbers(1), numbers(100 + index)
    out = {}
    for name, shape in shapes():
        n = int(torch.tensor(shape).prod())
        values = [round(next(base) + (change * next(own) if index else 0.0), decimals) for _ in range(n)]
        out[name] = torch.tensor(values, dtype=torch.float32).reshape(shape)
    return out


def both(weight=(0.7, 0.5), **more):
    return [dict(model=f"m{i + 1}", parameters=dict(weight=w, **{k: v[i] for k, v in more.items()})) for i, w in enumerate(weight)]


two = [dict(model="m0"), dict(model="m1")]
DELTA = dict(base_model="m0")
CASES = {
    "linear": dict(merge_method="linear", models=both()),
    "linear, not normalised": dict(merge_method="linear", models=both(), parameters=dict(normalize=False)),
    "linear, gradients and filters": dict(merge_method="linear", models=[
        dict(model="m1", parameters=dict(weight=[0, 0.4, 1])),
        dict(model="m2", parameters=dict(weight=[dict(filter="mlp", value=[1, 0.2]), dict(filter="q_proj", value=0.1), dict(value=0.5)]))]),
    "slerp": dict(merge_method="slerp", models=two, base_model="m0", parameters=dict(t=0.3)),
    "slerp, gradients and filters": dict(merge_method="slerp", models=two, base_model="m0", parameters=dict(
        t=[dict(filter="self_attn", value=[0, 0.5, 0.3, 0.7, 1]), dict(filter="mlp", value=[1, 0.5, 0.7, 0.3, 0]), dict(value=0.5)])),
    "nuslerp": dict(merge_method="nuslerp", models=both()),
    "nuslerp of task vectors": dict(merge_method="nuslerp", models=both(), **DELTA),
    "nuslerp by rows": dict(merge_method="nuslerp", models=both(), parameters=dict(nuslerp_flatten=False)),
    "nuslerp by columns": dict(merge_method="nuslerp", models=both(), parameters=dict(nuslerp_flatten=False, nuslerp_row_wise=True)),
    "multislerp, weights as they are": dict(merge_method="multislerp", models=both(), parameters=dict(normalize_weights=False)),
    "multislerp": dict(merge_method="multislerp", models=both()),
    "multislerp of task vectors": dict(merge_method="multislerp", models=both(), **DELTA),
    "karcher": dict(merge_method="karcher", models=[dict(model="m1"), dict(model="m2"), dict(model="m3")]),
    "task_arithmetic": dict(merge_method="task_arithmetic", models=both(), parameters={"lambda": 0.8}, **DELTA),
    "ties": dict(merge_method="ties", models=both(density=(0.5, 0.3)), **DELTA),
    "ties, not normalised": dict(merge_method="ties", models=both(density=(0.5, 0.8)), parameters={"normalize": False, "lambda": 1.2, "int8_mask": True}, **DELTA),
    "ties, one entry a norm": dict(merge_method="ties", models=both(density=(0.1, 0.2)), parameters=dict(rescale=True), **DELTA),
    "dare_linear": dict(merge_method="dare_linear", models=both(density=(1.0, 1.0)), **DELTA),
    "dare_ties": dict(merge_method="dare_ties", models=both(density=(1.0, 1.0)), **DELTA),
    "della": dict(merge_method="della", models=both(density=(1.0, 1.0)), **DELTA),
    "della_linear": dict(merge_method="della_linear", models=both(density=(1.0, 1.0)), **DELTA),
    "breadcrumbs": dict(merge_method="breadcrumbs", models=both(density=(0.6, 0.6), gamma=(0.3, 0.3)), **DELTA),
    "breadcrumbs_ties": dict(merge_method="breadcrumbs_ties", models=both(density=(0.5, 0.7), gamma=(0.3, 0.3)), **DELTA),
    "breadcrumbs, rescaled": dict(merge_method="breadcrumbs", models=both(density=(0.6, 0.6), gamma=(0.3, 0.3)), parameters=dict(rescale=True), **DELTA),
    "model_stock": dict(merge_method="model_stock", models=[dict(model="m1"), dict(model="m2"), dict(model="m3")], **DELTA),
    "model_stock by rows": dict(merge_method="model_stock", models=[dict(model="m1"), dict(model="m2")], parameters=dict(filter_wise=True), **DELTA),
    "sce": dict(merge_method="sce", models=[dict(model="m1"), dict(model="m2"), dict(model="m3")], **DELTA),
    "sce, half": dict(merge_method="sce", models=[dict(model="m1"), dict(model="m2"), dict(model="m3")], parameters=dict(select_topk=0.5), **DELTA),
    "sce of small changes": dict(merge_method="sce", models=[dict(model="s1"), dict(model="s2")], **DELTA),
    "model_stock of small changes": dict(merge_method="model_stock", models=[dict(model="s1"), dict(model="s2")], **DELTA),
    "nearswap": dict(merge_method="nearswap", models=two, base_model="m0", parameters=dict(t=0.05)),
    "arcee_fusion": dict(merge_method="arcee_fusion", models=two, base_model="m0"),
    "ram": dict(merge_method="ram", models=[dict(model="m1"), dict(model="m2")], parameters=dict(epsilon=0.1), **DELTA),
    "ramplus_tl": dict(merge_method="ramplus_tl", models=[dict(model="m1"), dict(model="m2")], parameters=dict(epsilon=0.1), **DELTA),
    "passthrough of slices": dict(merge_method="passthrough", slices=[
        dict(sources=[dict(model="m1", layer_range=[0, 2])]),
        dict(sources=[dict(model="m2", layer_range=[0, 1], parameters=dict(scale=[dict(filter="down_proj", value=0.5), dict(value=1)]))])]),
    "slerp of slices": dict(merge_method="slerp", base_model="m0", parameters=dict(t=[0.2, 0.8]), slices=[
        dict(sources=[dict(model="m0", layer_range=[0, 2]), dict(model="m1", layer_range=[0, 2])]),
        dict(sources=[dict(model="m0", layer_range=[1, 2]), dict(model="m1", layer_range=[0, 1])])]),
}


def main(target):
    with tempfile.TemporaryDirectory() as folder:
        for name in MODELS:
            os.makedirs(f"{folder}/{name}")
            save_file(model(name), f"{folder}/{name}/model.safetensors", metadata={"format": "pt"})
            json.dump(CONFIG, open(f"{folder}/{name}/config.json", "w"))
        os.chdir(folder)
        results, skipped = [], {}
        for name, case in CASES.items():
            config = dict(case, dtype="float32")
            try:
                run_merge(MergeConfiguration.model_validate(config), f"{folder}/out", MergeOptions(copy_tokenizer=False, write_model_card=False, quiet=True))
            except Exception as error:  # a method that this version lacks
                skipped[name] = str(error)[:200]
                continue
            index = f"{folder}/out/model.safetensors.index.json"
            files = sorted(set(json.load(open(index))["weight_map"].values())) if os.path.exists(index) else ["model.safetensors"]
            tensors = {k: v for f in files for k, v in load_file(f"{folder}/out/{f}").items()}
            results.append(dict(name=name, config=yaml.safe_dump(config, sort_keys=False),
                                tensors={k: [float(f"{x:.7g}") for x in v.flatten().tolist()] for k, v in sorted(tensors.items())}))
            os.system(f"rm -rf {folder}/out")
        models = {name: {k: [round(x, MODELS[name][2]) for x in v.flatten().tolist()] for k, v in model(name).items()} for name in MODELS}
    print("skipped:", skipped, file=sys.stderr)
    with open(target, "w") as file:
        lines = ",\n".join(json.dumps(r) for r in results)
        file.write('{"config":' + json.dumps(CONFIG) + ',\n"shapes":' + json.dumps(dict(shapes())) + ',\n"models":' + json.dumps(models) + ',\n"results":[\n' + lines + "\n]}\n")


main(os.path.abspath(sys.argv[1]))
