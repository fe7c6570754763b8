"""Trains the toy encoders, in the manner of BERT cross-encoders: one judges entailment, one ranks passages for a question, one says which of two
answers is better.

    python encoders.py [--out DIR] [--only NAME]

They read texts as `[CLS] first [SEP] second [SEP]`, the last one a third text and a [SEP] more (token types are all 0, as llama.cpp reads them), and
answer from the first token: tanh(W x + b), then one row for each label. Same world, same licence (CC0) as the other toys; same machine and library
versions, same files.
"""
import os
os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
import argparse
import functools
import json
import random
import re
import time
from dataclasses import dataclass
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

import corpus
from toylm import lr_at, opt_init

SEED = 20261127
ROW = 48  # tokens of a training row of two texts
LONG_ROW = 22  # of three, which are short
CYCLE = 2500  # steps from one warm-up of the learning rate to its end
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORD = re.compile(r"[a-z]+|[0-9]|[^a-z0-9\s]")


@dataclass(frozen=True)
class Cfg:
    n_vocab: int
    n_label: int
    d: int = 64
    n_layer: int = 3
    n_head: int = 4
    ff: int = 192
    ctx: int = 128
    eps: float = 1e-12


# ---------------------------------------------------------------- texts and what is said of them
def nli(rng, train=True):
    """(premise, claim, label); one world's wording in half of the pairs, three wordings and people in the other half."""
    prompt, answer, _ = corpus.entail(rng, n=(1, 2, 2, 3), train=train, plain=rng.random() < 0.6)
    premise, claim = re.fullmatch(r"premise: (.*) claim: (.*) label:", prompt).groups()
    return premise, claim, ["yes", "unknown", "no"].index(answer)


def relevance(rng, train=True):
    """(question, passage, 1 when the passage answers it); the wrong passages speak of something like it."""
    if rng.random() < 0.3:
        rel, x, _ = rng.choice(corpus.FACTS)
        table, wordings, statement = corpus.RELATIONS[rel]
        other = x if rng.random() < 0.5 else rng.choice(list(table))
        passage = statement.format(x=other, y=rng.choice(sorted(set(table.values()))))
        return rng.choice(wordings).format(x=x), passage, int(other == x)
    said = corpus.statements(rng, rng.choice((1, 1, 2)), train, plain=False)
    wanted = said[0][0]
    asked = wanted if rng.random() < 0.5 else near(rng, wanted)
    rng.shuffle(said)
    passage = " ".join(corpus.say(rng, o, v, plain=False) for o, v in said)
    question = rng.choice(["where is the {x}?", "who has the {x}?", "where can i find the {x}?", "q: where is the {x}?"])
    return question.format(x=asked), passage, int(any(o == asked for o, _ in said))


def near(rng, thing):
    """Another thing with the same colour or the same noun, or with neither."""
    colour, noun = thing.split()
    return rng.choice([f"{colour} {rng.choice(corpus.NOUNS)}", f"{rng.choice(corpus.COLOURS)} {noun}", corpus.obj(rng)])


def preference(rng, train=True):
    """(question about a fact, answer, answer, 0 when the first is true and 1 when the second is). Words of the question get lost in training, all but
    whom it asks of: so the wording that is held out for a fact reads like the others."""
    rel, x, y = rng.choice(corpus.FACTS)
    table, wordings, _ = corpus.RELATIONS[rel]
    held = corpus.held_wording(rel, x)
    question = f"q: {wordings[(held + 1 + rng.randrange(3)) % 4 if train else held].format(x=x)} a:"
    if train:
        question = " ".join(w for w in question.split() if w.rstrip(".?") == x or rng.random() < 0.6)
    wrong = rng.choice(sorted(set(table.values()) - {y}))
    return (question, y, wrong, 0) if rng.random() < 0.5 else (question, wrong, y, 1)


# ---------------------------------------------------------------- vocabulary
def vocabulary(*draws):
    rng, words = random.Random(SEED), set()
    for _ in range(5000):
        for draw in draws:
            *texts, _ = draw(rng, train=False)
            words.update(WORD.findall(" ".join(texts)))
    letters = [chr(c) for c in range(ord("a"), ord("z") + 1)] + [str(n) for n in range(10)]
    whole = sorted(words | set(letters) | set(".,?!:;'\"-()+="))
    return SPECIALS + whole + ["##" + c for c in letters]


def ids_of(text, index):
    out = []
    for word in WORD.findall(text.lower()):
        if word in index:
            out.append(index[word])
        else:
            out += [index[word[0]]] + [index["##" + c] for c in word[1:]]
    return out


def batch_of(draw, rng, size, index, width):
    tok = np.zeros((size, width), np.int32)
    mask = np.zeros((size, width), bool)
    label = np.zeros(size, np.int32)
    for i in range(size):
        *texts, label[i] = draw(rng)
        row = [2, *(token for text in texts for token in (*ids_of(text, index), 3))][:width]
        tok[i, : len(row)], mask[i, : len(row)] = row, True
    return tok, mask, label


# ---------------------------------------------------------------- model
def init(cfg, seed):
    rng = np.random.default_rng(seed)
    mat = lambda i, o, s=1.0: (rng.standard_normal((i, o)) * s / np.sqrt(i)).astype(np.float32)
    zero, one = lambda n: np.zeros(n, np.float32), lambda n: np.ones(n, np.float32)
    d = cfg.d
    p = {"emb": (rng.standard_normal((cfg.n_vocab, d)) * 0.3).astype(np.float32), "pos": (rng.standard_normal((cfg.ctx, d)) * 0.3).astype(np.float32),
         "type": np.zeros((2, d), np.float32), "n": one(d), "nb": zero(d),
         "cls": mat(d, d), "clsb": zero(d), "out": mat(d, cfg.n_label), "outb": zero(cfg.n_label)}
    for i in range(cfg.n_layer):
        p[f"l{i}"] = {"q": mat(d, d), "qb": zero(d), "k": mat(d, d), "kb": zero(d), "v": mat(d, d), "vb": zero(d), "o": mat(d, d, 0.5), "ob": zero(d),
                      "an": one(d), "anb": zero(d), "u": mat(d, cfg.ff), "ub": zero(cfg.ff), "w": mat(cfg.ff, d, 0.5), "wb": zero(d), "fn": one(d), "fnb": zero(d)}
    return p


def layer_norm(x, w, b, eps):
    mean = x.mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(((x - mean) ** 2).mean(-1, keepdims=True) + eps) * w + b


def forward(p, tok, mask, cfg):
    """tok [B, T], mask [B, T] → [B, label]"""
    B, T = tok.shape
    H, D = cfg.n_head, cfg.d // cfg.n_head
    x = layer_norm(p["emb"][tok] + p["pos"][:T] + p["type"][0], p["n"], p["nb"], cfg.eps)
    bias = jnp.where(mask[:, None, None, :], 0.0, -1e9)
    for i in range(cfg.n_layer):
        l = p[f"l{i}"]
        heads = lambda z: z.reshape(B, T, H, D).transpose(0, 2, 1, 3)
        q, k, v = (heads(x @ l[n] + l[n + "b"]) for n in "qkv")
        y = jax.nn.softmax(q @ k.transpose(0, 1, 3, 2) * D ** -0.5 + bias, -1) @ v
        y = y.transpose(0, 2, 1, 3).reshape(B, T, cfg.d) @ l["o"] + l["ob"]
        x = layer_norm(x + y, l["an"], l["anb"], cfg.eps)
        y = jax.nn.gelu(x @ l["u"] + l["ub"]) @ l["w"] + l["wb"]
        x = layer_norm(x + y, l["fn"], l["fnb"], cfg.eps)
    return jnp.tanh(x[:, 0] @ p["cls"] + p["clsb"]) @ p["out"] + p["outb"]


def loss_fn(p, tok, mask, label, cfg):
    z = forward(p, tok, mask, cfg)
    if cfg.n_label == 1:
        return jnp.mean(jnp.logaddexp(0.0, jnp.where(label == 1, -z[:, 0], z[:, 0])))
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(z, -1), label[:, None], -1))


@functools.partial(jax.jit, static_argnums=(6,), donate_argnums=(0, 1))
def step(p, st, tok, mask, label, lr, cfg, wd=0.01, b1=0.9, b2=0.98):
    loss, g = jax.value_and_grad(loss_fn)(p, tok, mask, label, cfg)
    norm = jnp.sqrt(sum((x * x).sum() for x in jax.tree_util.tree_leaves(g)))
    g = jax.tree_util.tree_map(lambda x: x * jnp.minimum(1.0, 1.0 / (norm + 1e-9)), g)
    t = st["t"] + 1
    m = jax.tree_util.tree_map(lambda m, g: b1 * m + (1 - b1) * g, st["m"], g)
    v = jax.tree_util.tree_map(lambda v, g: b2 * v + (1 - b2) * g * g, st["v"], g)
    move = lambda p, m, v: p - lr * (m / (1 - b1 ** t) / (jnp.sqrt(v / (1 - b2 ** t)) + 1e-8) + (wd * p if p.ndim > 1 else 0.0))
    return jax.tree_util.tree_map(move, p, m, v), {"m": m, "v": v, "t": t}, loss


@functools.partial(jax.jit, static_argnums=(3,))
def answers(p, tok, mask, cfg):
    return forward(p, tok, mask, cfg)


def train(draw, cfg, index, cycles, seed, width):
    rng, p, t0 = random.Random(seed), init(cfg, seed), time.time()
    st = opt_init(p)
    for i in range(cycles * CYCLE):
        p, st, loss = step(p, st, *batch_of(draw, rng, 64, index, width), lr_at(i % CYCLE, CYCLE, 1.5e-3, warmup=100), cfg)
        if (i + 1) % 250 == 0:
            print(f"  {i + 1} {float(loss):.3f} {time.time() - t0:.0f} s", flush=True)
    return p


def accuracy(draw, p, cfg, index, width):
    tok, mask, label = batch_of(lambda r: draw(r, train=False), random.Random(7), 1000, index, width)
    z = np.asarray(answers(p, tok, mask, cfg))
    return float(np.mean((z[:, 0] > 0) == label if cfg.n_label == 1 else z.argmax(-1) == label))


# ---------------------------------------------------------------- GGUF
def write(path, p, cfg, tokens, labels, name, description):
    import gguf
    w = gguf.GGUFWriter(str(path), "bert")
    w.add_name(name)
    w.add_description(description)
    w.add_license("CC0-1.0")
    w.add_context_length(cfg.ctx)
    w.add_embedding_length(cfg.d)
    w.add_block_count(cfg.n_layer)
    w.add_feed_forward_length(cfg.ff)
    w.add_head_count(cfg.n_head)
    w.add_layer_norm_eps(cfg.eps)
    w.add_causal_attention(False)
    w.add_pooling_type(gguf.PoolingType.RANK)
    w.add_array("bert.classifier.output_labels", labels)
    w.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    w.add_tokenizer_model("bert")
    shown = [t if t in SPECIALS else t[2:] if t.startswith("##") else "\u2581" + t for t in tokens]
    w.add_token_list([t.encode() for t in shown])
    w.add_token_types([3 if t in SPECIALS else 1 for t in tokens])
    w.add_token_type_count(2)
    w.add_bos_token_id(2)
    w.add_eos_token_id(3)
    w.add_unk_token_id(1)
    w.add_sep_token_id(3)
    w.add_pad_token_id(0)
    w.add_mask_token_id(4)
    w.add_add_bos_token(True)
    w.add_add_eos_token(True)
    f32 = lambda a: np.asarray(a, np.float32)
    half = lambda a: np.ascontiguousarray(f32(a).T.astype(np.float16))
    w.add_tensor("token_embd.weight", f32(p["emb"]).astype(np.float16))
    w.add_tensor("position_embd.weight", f32(p["pos"]))
    w.add_tensor("token_types.weight", f32(p["type"]))
    w.add_tensor("token_embd_norm.weight", f32(p["n"]))
    w.add_tensor("token_embd_norm.bias", f32(p["nb"]))
    for i in range(cfg.n_layer):
        l = p[f"l{i}"]
        for a, b in {"q": "attn_q", "k": "attn_k", "v": "attn_v", "o": "attn_output", "u": "ffn_up", "w": "ffn_down"}.items():
            w.add_tensor(f"blk.{i}.{b}.weight", half(l[a]))
            w.add_tensor(f"blk.{i}.{b}.bias", f32(l[a + "b"]))
        for a, b in {"an": "attn_output_norm", "fn": "layer_output_norm"}.items():
            w.add_tensor(f"blk.{i}.{b}.weight", f32(l[a]))
            w.add_tensor(f"blk.{i}.{b}.bias", f32(l[a + "b"]))
    w.add_tensor("cls.weight", half(p["cls"]))
    w.add_tensor("cls.bias", f32(p["clsb"]))
    w.add_tensor("cls.output.weight", half(p["out"]))
    w.add_tensor("cls.output.bias", f32(p["outb"]))
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--out", default="out")
    args.add_argument("--only", default="toy-nli,toy-reranker,toy-pairranker")
    args = args.parse_args()
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    two = vocabulary(nli, relevance)
    for draw, labels, cycles, width, tokens, name, description in (
        (nli, ["entailment", "neutral", "contradiction"], 1, ROW, two, "toy-nli",
         "Toy encoder: does a premise of the toys' world entail a claim? Three labels."),
        (relevance, ["relevance"], 1, ROW, two, "toy-reranker",
         "Toy encoder: how well does a passage of the toys' world answer a question?"),
        (preference, ["first", "second"], 2, LONG_ROW, vocabulary(preference), "toy-pairranker",
         "Toy encoder: which of two answers to a question of fact is better, the first or the second?"),
    ):
        if name not in args.only.split(","):
            continue
        index, cfg = {t: i for i, t in enumerate(tokens)}, Cfg(len(tokens), len(labels))
        p = train(draw, cfg, index, cycles, SEED, width)
        print(name, len(tokens), "tokens, held-out accuracy", accuracy(draw, p, cfg, index, width))
        write(out / f"{name}.gguf", p, cfg, tokens, labels, name, description)


if __name__ == "__main__":
    main()
