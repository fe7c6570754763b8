"""Makes src/main/weights/methods/mergekit-random.json: MergeKit's DARE and DELLA with the draws of our generator in the place of torch's.

    python tools/mergekit-random-oracles.py src/main/weights/methods/mergekit-random.json

Two task vectors of 6 x 8; element i of a model stays where Philox4x32-10 (key: SHA-256 of model and tensor, seed folded in) draws less than its chance.
"""
import hashlib
import json
import struct
import sys

import torch
from mergekit.merge_methods.generalized_task_arithmetic import get_mask
from mergekit.sparsify import RescaleNorm, SparsificationMethod, sparsify

SEED, TENSOR, LABELS, SHAPE = 7, "blk.0.ffn_up.weight", ("m1", "m2"), (6, 8)


def philox(counter, key):
    (a, b, c, d), (k0, k1) = counter, key
    for _ in range(10):
        p, q = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (q >> 32) ^ b ^ k0, q & 0xFFFFFFFF, (p >> 32) ^ d ^ k1, p & 0xFFFFFFFF
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return a, b, c, d


def draws(label, count):
    low, high = struct.unpack("<II", hashlib.sha256(f"{label}\0{TENSOR}".encode()).digest()[:8])
    key = (low ^ SEED, high)
    return torch.tensor([(philox((i // 4, 0, 0, 0), key)[i % 4] >> 8) * 2.0**-24 for i in range(count)]).reshape(SHAPE)


def numbers(seed):
    state = seed
    while True:
        state = (state * 1664525 + 1013904223) % 2**32
        yield state / 2**31 - 1


def tensor(seed):
    source = numbers(seed)
    return torch.tensor([round(next(source), 4) for _ in range(SHAPE[0] * SHAPE[1])]).reshape(SHAPE)


def merged(base, models, method, elects, normalize, rescale, density, epsilon, weights):
    deltas = []
    for label, model in zip(LABELS, models):
        real = torch.bernoulli
        torch.bernoulli = lambda chances: (draws(label, chances.numel()).reshape(chances.shape) < chances).to(chances.dtype)
        deltas.append(sparsify(model - base, density=density, method=method, epsilon=epsilon, rescale_norm=RescaleNorm.l1 if rescale else None))
        torch.bernoulli = real
    weights = torch.tensor(weights).reshape(-1, 1, 1)
    deltas = torch.stack(deltas) * weights
    mask = get_mask(deltas, method="sum", mask_dtype=torch.float32) if elects else torch.ones_like(deltas)
    mixed, divisor = (deltas * mask).sum(dim=0), (weights * mask).sum(dim=0)
    divisor[divisor.abs() < 1e-8] = 1
    return base + (mixed / divisor if normalize else mixed)


def main(target):
    base = tensor(1)
    models = [base + 0.3 * tensor(2), base + 0.3 * tensor(3)]
    cases = []
    for name, method, elects, normalize in [
        ("dare-linear", SparsificationMethod.random, False, False), ("dare-ties", SparsificationMethod.random, True, False),
        ("della-linear", SparsificationMethod.della_magprune, False, False), ("della", SparsificationMethod.della_magprune, True, True),
    ]:
        for rescale in (True, False):
            result = merged(base, models, method, elects, normalize, rescale, 0.45, 0.2, [0.7, 0.5])
            cases.append(dict(method=name, normalize=normalize, rescale="l1" if rescale else "none", ranked=method is SparsificationMethod.della_magprune, result=[[float(f"{x:.8g}") for x in row] for row in result.tolist()]))
    rows = lambda t: [[float(f"{x:.9g}") for x in row] for row in t.tolist()]
    with open(target, "w") as file:
        file.write('{"seed":%d,"labels":%s,"density":0.45,"epsilon":0.2,"weights":[0.7,0.5],\n"base":%s,\n"models":%s,\n"cases":[\n%s\n]}\n'
                   % (SEED, json.dumps(LABELS), json.dumps(rows(base)), json.dumps([rows(m) for m in models]), ",\n".join(map(json.dumps, cases))))


main(sys.argv[1])
