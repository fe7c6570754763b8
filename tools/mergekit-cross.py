"""Merges made by MergeKit (0.1.5, with torch) of random models, for src/main/recipes/mergekit/cross.test.ts to compare with: python tools/mergekit-cross.py FOLDER SEED …

For each seed, and for changes as large as the weights and as small as fine-tuning leaves them, writes FOLDER/RUN/RUN-m0 … RUN-m3 and the configurations with drawn settings,
each with its result, as FOLDER/RUN/METHOD.yml and .safetensors. Where a method draws at random, the draws are those of our generator, so that a mask is the same.
"""
import builtins
import hashlib
import json
import os
import random
import shutil
import struct
import sys

import mergekit.architecture.base as architecture
import torch
import yaml
from mergekit.config import MergeConfiguration
from mergekit.merge import MergeOptions, run_merge
from mergekit.merge_methods.generalized_task_arithmetic import GeneralizedTaskArithmeticMerge
from safetensors.torch import load_file, save_file

for name in ("ModuleDefinition", "ConfiguredModuleArchitecture", "ConfiguredModelArchitecture", "ModelArchitecture"):
    if hasattr(getattr(architecture, name, None), "model_rebuild"):
        getattr(architecture, name).model_rebuild(_types_namespace={**vars(builtins), **vars(architecture), "torch": torch})

HIDDEN, INNER, HEADS, KV, VOCAB, LAYERS = 16, 24, 4, 2, 20, 3
CONFIG = dict(
    architectures=["LlamaForCausalLM"], model_type="llama", hidden_size=HIDDEN, intermediate_size=INNER, num_hidden_layers=LAYERS,
    num_attention_heads=HEADS, num_key_value_heads=KV, max_position_embeddings=64, rms_norm_eps=1e-5, hidden_act="silu",
    vocab_size=VOCAB, rope_theta=10000.0, tie_word_embeddings=False, torch_dtype="float32", bos_token_id=0, eos_token_id=1,
)
# change of a weight beside weights of 0.05
SIZES = dict(large=0.05, usual=2e-3, small=2e-4)
SEED = 1  # the seed that an imported configuration has


def shapes():
    yield "model.embed_tokens.weight", (VOCAB, HIDDEN), "token_embd.weight", 0
    head = HIDDEN // HEADS
    for i in range(LAYERS):
        p, q = f"model.layers.{i}.", f"blk.{i}."
        yield p + "self_attn.q_proj.weight", (HIDDEN, HIDDEN), q + "attn_q.weight", HEADS
        yield p + "self_attn.k_proj.weight", (KV * head, HIDDEN), q + "attn_k.weight", KV
        yield p + "self_attn.v_proj.weight", (KV * head, HIDDEN), q + "attn_v.weight", 0
        yield p + "self_attn.o_proj.weight", (HIDDEN, HIDDEN), q + "attn_output.weight", 0
        yield p + "mlp.gate_proj.weight", (INNER, HIDDEN), q + "ffn_gate.weight", 0
        yield p + "mlp.up_proj.weight", (INNER, HIDDEN), q + "ffn_up.weight", 0
        yield p + "mlp.down_proj.weight", (HIDDEN, INNER), q + "ffn_down.weight", 0
        yield p + "input_layernorm.weight", (HIDDEN,), q + "attn_norm.weight", 0
        yield p + "post_attention_layernorm.weight", (HIDDEN,), q + "ffn_norm.weight", 0
    yield "model.norm.weight", (HIDDEN,), "output_norm.weight", 0
    yield "lm_head.weight", (VOCAB, HIDDEN), "output.weight", 0


OURS = {name: (ours, heads) for name, _, ours, heads in shapes()}


def philox(counter, key):
    (a, b, c, d), (k0, k1) = counter, key
    for _ in range(10):
        p, q = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (q >> 32) ^ b ^ k0, q & 0xFFFFFFFF, (p >> 32) ^ d ^ k1, p & 0xFFFFFFFF
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return a, b, c, d


def draws(model, tensor, shape):
    """Our draws, from the order in which a GGUF holds query and key rows (pairs) into that of a checkpoint (halves)."""
    ours, heads = OURS[tensor]
    low, high = struct.unpack("<II", hashlib.sha256(f"mergekit:{model}\0{ours}".encode()).digest()[:8])
    count = int(torch.tensor(shape).prod())
    words = [word for block in range((count + 3) // 4) for word in philox((block, 0, 0, 0), (low ^ SEED, high))][:count]
    drawn = torch.tensor([(word >> 8) * 2.0**-24 for word in words]).reshape(shape)
    return drawn.reshape(heads, shape[0] // heads // 2, 2, shape[1]).swapaxes(1, 2).reshape(shape) if heads else drawn


def with_our_draws(merge_group):
    def merged(self, group, /, **parameters):
        names = (str(entry.id) for entry in group.non_base if parameters["density"][entry.id] < 1)
        real = torch.bernoulli
        torch.bernoulli = lambda chances: (draws(next(names), group.metadata.name, tuple(group.base.tensor.shape)).reshape(chances.shape) < chances).to(chances.dtype)
        try:
            return merge_group(self, group, **parameters)
        finally:
            torch.bernoulli = real
    return merged


GeneralizedTaskArithmeticMerge.merge_group = with_our_draws(GeneralizedTaskArithmeticMerge.merge_group)


def configurations(draw, run):
    """With drawn settings. A model has a name of its own in every run."""
    def models(count, **settings):
        return [dict(model=f"{run}-m{i + 1}", parameters={k: of() for k, of in settings.items()}) if settings else dict(model=f"{run}-m{i + 1}") for i in range(count)]

    number = lambda low, high: (lambda: round(draw.uniform(low, high), 3))
    weight, density = number(0.2, 1.2), number(0.1, 0.9)
    signed = number(-1, 1.2)
    shared = lambda normalize: dict({"lambda": number(0.5, 1.5)()}, normalize=normalize, int8_mask=draw.random() < 0.5)
    delta = dict(base_model=f"{run}-m0")
    two = [dict(model=f"{run}-m0"), dict(model=f"{run}-m1")]
    epsilon = lambda: 0.09
    # in float32 their angles and divergences of models that are nearly alike are mostly rounding
    double = dict(dtype="float64", out_dtype="float32")
    gamma = round(draw.uniform(0.01, 0.3), 3)
    yield "linear", dict(merge_method="linear", models=models(3, weight=weight))
    yield "linear, plain sum", dict(merge_method="linear", models=models(3, weight=signed), parameters=dict(normalize=False))
    yield "linear, gradients and filters", dict(merge_method="linear", models=[
        dict(model=f"{run}-m1", parameters=dict(weight=[weight() for _ in range(4)])),
        dict(model=f"{run}-m2", parameters=dict(weight=[dict(filter="mlp", value=[weight(), weight()]), dict(filter="q_proj", value=weight()), dict(value=weight())]))])
    yield "slerp", dict(merge_method="slerp", models=two, base_model=f"{run}-m0", parameters=dict(t=number(0, 1)()))
    yield "slerp, gradients and filters", dict(merge_method="slerp", models=two, base_model=f"{run}-m0", parameters=dict(t=[
        dict(filter="self_attn", value=[number(0, 1)() for _ in range(3)]), dict(filter="mlp", value=[1, 0]), dict(value=0.5)]))
    for name, base in ("nuslerp", {}), ("nuslerp of task vectors", delta):
        yield name, dict(merge_method="nuslerp", models=models(2, weight=weight), **base)
        yield name + ", rows", dict(merge_method="nuslerp", models=models(2, weight=weight), parameters=dict(nuslerp_flatten=False), **base)
        yield name + ", columns", dict(merge_method="nuslerp", models=models(2, weight=weight), parameters=dict(nuslerp_flatten=False, nuslerp_row_wise=True), **base)
    yield "multislerp", dict(merge_method="multislerp", models=models(3, weight=weight))
    yield "multislerp of task vectors", dict(merge_method="multislerp", models=models(3, weight=weight), **delta)
    yield "multislerp, weights as they are", dict(merge_method="multislerp", models=models(3, weight=weight), parameters=dict(normalize_weights=False), **delta)
    yield "karcher", dict(merge_method="karcher", models=models(3), **double)
    yield "karcher, single precision", dict(merge_method="karcher", models=models(3))
    yield "task_arithmetic", dict(merge_method="task_arithmetic", models=models(3, weight=signed), parameters=shared(False), **delta)
    yield "task_arithmetic, normalised", dict(merge_method="task_arithmetic", models=models(3, weight=weight), parameters=shared(True), **delta)
    yield "ties", dict(merge_method="ties", models=models(3, weight=weight, density=density), parameters=shared(True), **delta)
    yield "ties, few entries", dict(merge_method="ties", models=models(3, weight=weight, density=number(0.001, 0.08)), parameters=shared(True), **delta)
    yield "ties, plain sum, signed weights", dict(merge_method="ties", models=models(3, weight=signed, density=density), parameters=shared(False), **delta)
    yield "ties, rescaled", dict(merge_method="ties", models=models(3, weight=weight, density=density), parameters=dict(rescale=True), **delta)
    for name in "dare_linear", "dare_ties":
        yield name, dict(merge_method=name, models=models(3, weight=weight, density=density), parameters=shared(False), **delta)
        yield name + ", normalised, not rescaled", dict(merge_method=name, models=models(3, weight=weight, density=density), parameters=dict(shared(True), rescale=False), **delta)
    for name in "della", "della_linear":
        yield name, dict(merge_method=name, models=models(3, weight=weight, density=density, epsilon=epsilon), parameters=shared(name == "della"), **delta)
        yield name + ", other normalisation, not rescaled", dict(merge_method=name, models=models(3, weight=weight, density=density, epsilon=epsilon),
                                                                 parameters=dict(shared(name != "della"), rescale=False), **delta)
    for name in "breadcrumbs", "breadcrumbs_ties":
        yield name, dict(merge_method=name, models=models(3, weight=weight, density=density, gamma=lambda: gamma), parameters=shared(draw.random() < 0.5), **delta)
        yield name + ", rescaled", dict(merge_method=name, models=models(3, weight=weight, density=density, gamma=lambda: gamma), parameters=dict(rescale=True), **delta)
    yield "model_stock", dict(merge_method="model_stock", models=models(3), **delta)
    yield "model_stock, rows", dict(merge_method="model_stock", models=models(2), parameters=dict(filter_wise=True), **delta)
    yield "sce", dict(merge_method="sce", models=models(3), **delta)
    yield "sce, selected", dict(merge_method="sce", models=models(3), parameters=dict(select_topk=density()), **delta)
    yield "nearswap", dict(merge_method="nearswap", models=two, base_model=f"{run}-m0", parameters=dict(t=number(0.001, 0.05)()))
    yield "arcee_fusion", dict(merge_method="arcee_fusion", models=two, base_model=f"{run}-m0", **double)
    yield "arcee_fusion, single precision", dict(merge_method="arcee_fusion", models=two, base_model=f"{run}-m0")
    for name in "ram", "ramplus_tl":
        yield name, dict(merge_method=name, models=models(3), **delta)
        yield name + ", threshold", dict(merge_method=name, models=models(3), parameters=dict(dict(epsilon=number(1e-4, 0.05)()), **(dict(r=0.3, alpha=0.7) if name != "ram" else {})), **delta)
    yield "passthrough of slices", dict(merge_method="passthrough", slices=[
        dict(sources=[dict(model=f"{run}-m1", layer_range=[0, 2])]),
        dict(sources=[dict(model=f"{run}-m2", layer_range=[1, 3], parameters=dict(scale=[dict(filter="down_proj", value=weight()), dict(value=1)]))])])
    yield "slerp of slices", dict(merge_method="slerp", base_model=f"{run}-m0", parameters=dict(t=[0.2, 0.8]), slices=[
        dict(sources=[dict(model=f"{run}-m0", layer_range=[0, 2]), dict(model=f"{run}-m1", layer_range=[0, 2])]),
        dict(sources=[dict(model=f"{run}-m0", layer_range=[1, 3]), dict(model=f"{run}-m1", layer_range=[0, 2])])])


def changed(value, size, source):
    """With no two changes of a short tensor of equal magnitude: which of those is cut is up to MergeKit's sort."""
    while True:
        new = value + torch.randn(value.shape, generator=source) * size
        if value.numel() > HIDDEN or (new - value).abs().unique().numel() == value.numel():
            return new


def write_models(folder, seed, size):
    source = torch.Generator().manual_seed(seed)
    base = {name: torch.randn(shape, generator=source) * 0.05 + (1 if len(shape) == 1 else 0) for name, shape, _, _ in shapes()}
    for index in range(4):
        path = f"{folder}/{os.path.basename(folder)}-m{index}"
        os.makedirs(path)
        tensors = {name: changed(value, size, source) if index else value for name, value in base.items()}
        save_file(tensors, f"{path}/model.safetensors", metadata={"format": "pt"})
        with open(f"{path}/config.json", "w") as file:
            json.dump(CONFIG, file)


def main(target, *seeds):
    torch.set_num_threads(1)
    for seed in map(int, seeds):
        for size, change in SIZES.items():
            folder = os.path.abspath(f"{target}/{size}-{seed}")
            write_models(folder, seed, change)
            os.chdir(folder)
            for name, case in configurations(random.Random(seed), os.path.basename(folder)):
                config = dict(dict(dtype="float32"), **case)
                run_merge(MergeConfiguration.model_validate(config), "out", MergeOptions(copy_tokenizer=False, write_model_card=False, quiet=True))
                index = "out/model.safetensors.index.json"
                files = sorted(set(json.load(open(index))["weight_map"].values())) if os.path.exists(index) else ["model.safetensors"]
                save_file({k: v for f in files for k, v in load_file(f"out/{f}").items()}, f"{name}.safetensors")
                with open(f"{name}.yml", "w") as file:
                    yaml.safe_dump(config, file, sort_keys=False)
                shutil.rmtree("out")


main(*sys.argv[1:])
