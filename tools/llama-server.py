"""A server of llama.cpp itself, for tests: model, name, port, and whether it embeds. Prints its address, and ends with its standard input."""
import sys

import xllamacpp

path, name, port, embeds = sys.argv[1:5]
params = xllamacpp.CommonParams()
params.model.path = path
params.model_alias = {name}
params.port = int(port)
params.n_parallel = 1
params.warmup = False
params.cpuparams.n_threads = 1
params.embedding = embeds == "embeds"
if params.embedding:
    params.n_batch = params.n_ubatch = 512
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
