"""The same merges by numpy and by MergeKit, for comparison: python bench/merge/peers.py [numpy-linear,mergekit-ties,…] FOLDER [2,5]

Methods: linear, slerp (of two), ties, dare-ties, each behind numpy- or mergekit-.

Makes BF16 checkpoints (as many as the last argument asks for; neutral: two) and a base of the size of bench/merge/models.ts (large) in FOLDER once, then times each merge from files to a written file.
Needs numpy, and for MergeKit the package mergekit. One JSON line a merge: wall and processor seconds, peak memory in MB; wholeSeconds counts from the start
of the process, so it holds for the first merge only.
"""
import json
import os
import resource
import shutil
import struct
import sys
import time

import numpy as np

WIDTH, INNER, BLOCKS, WORDS = 1024, 2816, 24, 32_000
CONFIG = dict(
    architectures=["LlamaForCausalLM"], model_type="llama", hidden_size=WIDTH, intermediate_size=INNER, num_hidden_layers=BLOCKS, num_attention_heads=16,
    num_key_value_heads=16, max_position_embeddings=2048, rms_norm_eps=1e-5, hidden_act="silu", vocab_size=WORDS, rope_theta=10000.0,
    tie_word_embeddings=False, torch_dtype="bfloat16", bos_token_id=0, eos_token_id=1,
)


def shapes():
    yield "model.embed_tokens.weight", (WORDS, WIDTH)
    for i in range(BLOCKS):
        p = f"model.layers.{i}."
        for n in "qkvo":
            yield f"{p}self_attn.{n}_proj.weight", (WIDTH, WIDTH)
        yield p + "mlp.gate_proj.weight", (INNER, WIDTH)
        yield p + "mlp.up_proj.weight", (INNER, WIDTH)
        yield p + "mlp.down_proj.weight", (WIDTH, INNER)
        yield p + "input_layernorm.weight", (WIDTH,)
        yield p + "post_attention_layernorm.weight", (WIDTH,)
    yield "model.norm.weight", (WIDTH,)
    yield "lm_head.weight", (WORDS, WIDTH)


def header():
    at, entries = 0, {"__metadata__": {"format": "pt"}}
    for name, shape in shapes():
        size = 2 * int(np.prod(shape))
        entries[name] = dict(dtype="BF16", shape=shape, data_offsets=[at, at + size])
        at += size
    text = json.dumps(entries).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text, entries


def make(folder, index):
    os.makedirs(folder, exist_ok=True)
    path = f"{folder}/model.safetensors"
    if os.path.exists(path):
        return
    json.dump(CONFIG, open(f"{folder}/config.json", "w"))
    # three tokens: checkpoints have a vocabulary, and here nobody asks more of it
    json.dump(dict(model=dict(type="BPE", vocab={"a": 0, "b": 1, "c": 2}, merges=[]), added_tokens=[], pre_tokenizer=dict(type="ByteLevel", use_regex=True)),
              open(f"{folder}/tokenizer.json", "w"))
    base, own = np.random.default_rng(1), np.random.default_rng(100 + index)
    with open(path + ".part", "wb") as file:
        file.write(header()[0])
        for _, shape in shapes():
            values = base.standard_normal(shape, dtype=np.float32) * 0.02
            if index:
                values += own.standard_normal(shape, dtype=np.float32) * 0.001
            file.write((values.view(np.uint32) >> 16).astype(np.uint16).tobytes())
    os.rename(path + ".part", path)


def tensors(folder):
    head, entries = header()
    data = np.memmap(f"{folder}/model.safetensors", dtype=np.uint8, mode="r")
    for name, shape in shapes():
        a, b = entries[name]["data_offsets"]
        yield (data[len(head) + a : len(head) + b].view(np.uint16).astype(np.uint32) << 16).view(np.float32).reshape(shape)


def narrow(values):
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def linear(models, _):
    return sum(model / len(models) for model in models)


def ties(models, base, density=0.2):
    deltas = []
    for model in models:
        delta = model - base
        size = np.abs(delta).ravel()
        keep = int(density * size.size)
        threshold = np.partition(size, size.size - keep)[size.size - keep]
        deltas.append(np.where(np.abs(delta) >= threshold, delta, 0))
    sign = np.where(sum(deltas) >= 0, 1, -1)
    agree = [np.where(np.sign(d) == sign, 1.0, 0.0) for d in deltas]
    return base + sum(d * m for d, m in zip(deltas, agree)) / np.maximum(sum(agree), 1)


def slerp(models, _, t=0.5):
    a, b = models
    cosine = float(np.dot(a.ravel(), b.ravel()) / (np.linalg.norm(a) * np.linalg.norm(b)))
    angle = np.arccos(np.clip(cosine, -1, 1))
    if angle < 1e-4:
        return (1 - t) * a + t * b
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


def dare_ties(models, base, density=0.2, random=np.random.default_rng(1)):
    deltas = [(model - base) * (random.random(base.shape, dtype=np.float32) < density) / density for model in models]
    sign = np.where(sum(deltas) >= 0, 1, -1)
    agree = [np.where(np.sign(d) == sign, 1.0, 0.0) for d in deltas]
    return base + sum(d * m for d, m in zip(deltas, agree)) / np.maximum(sum(agree), 1)


METHODS = {"linear": linear, "slerp": slerp, "ties": ties, "dare-ties": dare_ties}


def with_numpy(method, folder, count):
    out = f"{folder}/numpy.safetensors"
    with open(out, "wb") as file:
        file.write(header()[0])
        for base, *models in zip(*(tensors(f"{folder}/m{i}") for i in range(count + 1))):
            file.write(narrow(method(models, base)).tobytes())


def with_mergekit(name, folder, count):
    from mergekit.config import MergeConfiguration
    from mergekit.merge import MergeOptions, run_merge

    sparse = name.endswith("ties")
    models = [dict(model=f"{folder}/m{i}", parameters=dict(weight=1 / count, **(dict(density=0.2) if sparse else {}))) for i in range(1, count + 1)]
    config = dict(merge_method=name.replace("-", "_"), models=models, dtype="bfloat16", **(dict(base_model=f"{folder}/m0") if sparse else {}))
    if name == "slerp":
        config = dict(merge_method=name, models=[dict(model=m["model"]) for m in models], base_model=f"{folder}/m1", parameters=dict(t=0.5), dtype="bfloat16")
    run_merge(MergeConfiguration.model_validate(config), f"{folder}/out", MergeOptions(copy_tokenizer=False, write_model_card=False, quiet=True))


def with_torch_named():
    """MergeKit's architecture models name torch.dtype in annotations that newer pydantic cannot resolve by itself."""
    import builtins

    import mergekit.architecture.base as base
    import torch

    for name in ("ModuleDefinition", "ConfiguredModuleArchitecture", "ConfiguredModelArchitecture", "ModelArchitecture"):
        if hasattr(getattr(base, name, None), "model_rebuild"):
            getattr(base, name).model_rebuild(_types_namespace={**vars(builtins), **vars(base), "torch": torch})


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def since_start(pid):
    """Seconds since this process began, by the system's clock (Linux)."""
    ticks = int(open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[19])
    return float(open("/proc/uptime").read().split()[0]) - ticks / os.sysconf("SC_CLK_TCK")


def main(names, folder, counts="2"):
    counts = [int(count) for count in counts.split(",")]
    for index in range(max(counts) + 1):
        make(f"{folder}/m{index}", index)
    for count, name in [(count, name) for count in counts for name in names.split(",") if name]:
        tool, method = name.split("-", 1)
        if method == "slerp" and count != 2:
            continue
        pid = os.fork()
        if pid == 0:
            if tool == "mergekit":
                import mergekit.merge  # noqa: F401  of its start only wholeSeconds tells

                with_torch_named()
            start, before = time.time(), processor_seconds()
            with_numpy(METHODS[method], folder, count) if tool == "numpy" else with_mergekit(method, folder, count)
            seconds, used = time.time() - start, processor_seconds() - before
            print(json.dumps(dict(tool=tool, method=method, models=count, seconds=round(seconds, 2), wholeSeconds=round(since_start(os.getppid()), 2),
                                  cpuSeconds=round(used, 2), peakMegabytes=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000))), flush=True)
            os._exit(0)
        os.waitpid(pid, 0)
        shutil.rmtree(f"{folder}/out", ignore_errors=True)
        if os.path.exists(f"{folder}/numpy.safetensors"):
            os.remove(f"{folder}/numpy.safetensors")


main(*sys.argv[1:])
