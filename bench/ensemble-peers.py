"""The mix of `ensemble-peers.bench.ts` through llama-cpp-python and numpy: two contexts of one model, averaged greedily token by token.

Arguments: model file, tokens, rounds, threads, then the prompts. Prints one JSON object: milliseconds a token of each round, in all and inside the passes.
"""

import json
import sys
from time import perf_counter

import numpy
from llama_cpp import Llama, llama_get_logits

path, tokens, rounds, threads, *prompts = sys.argv[1:]
tokens, rounds, threads = int(tokens), int(rounds), int(threads)
models = [Llama(path, n_ctx=512, n_threads=threads, n_threads_batch=threads, verbose=False) for _ in prompts]
size = models[0].n_vocab()
pass_seconds = 0.0


def scores_after(model, given):
    global pass_seconds
    start = perf_counter()
    model.eval(given)
    pass_seconds += perf_counter() - start
    return numpy.ctypeslib.as_array(llama_get_logits(model.ctx), shape=(size,))


def probabilities(scores):
    weights = numpy.exp(scores - scores.max())
    return weights / weights.sum()


times, passes = [], []
for turn in range(rounds + 1):
    for model in models:
        model.reset()
    pending = [model.tokenize(prompt.encode()) for model, prompt in zip(models, prompts)]
    for i in range(tokens):
        mean = sum(probabilities(scores_after(model, given)) for model, given in zip(models, pending)) / len(models)
        pending = [[int(mean.argmax())]] * len(models)
        if i == 0:
            start, pass_seconds = perf_counter(), 0.0
    if turn > 0:
        times.append(1000 * (perf_counter() - start) / (tokens - 1))
        passes.append(1000 * pass_seconds / (tokens - 1))
print(json.dumps({"times": times, "passes": passes}))
