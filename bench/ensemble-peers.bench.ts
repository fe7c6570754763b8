import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { decode } from '../src/main/decoding/decode'
import type { EvaluateRequest, Runtime } from '../src/main/decoding/source'
import { inspectModelFile } from '../src/main/host-inspect'
import { Batch } from '../src/main/llama/batch'
import { type Binding, bindLibraries } from '../src/main/llama/binding'
import { loadLibraries } from '../src/main/llama/libraries'
import type { LoadedModel } from '../src/main/llama/loaded-model'
import { ModelStore } from '../src/main/llama/model-store'
import { LlamaRuntime } from '../src/main/llama/runtime'
import { defaultHostSettings } from '../src/main/models/host-protocol'
import type { DistributionExpression } from '../src/shared/expression'
import { median } from './median'

/**
 * One model under two prompts, averaged greedily token by token: here, here with one leaf after the other in place of one batch, through
 * node-llama-cpp's `controlledEvaluate` with the 64 likeliest of each and with all, and through llama-cpp-python with numpy where a Python that has both
 * is named. In turn in one run, medians of milliseconds a token, each beside its raw forward passes: one batch of two tokens, or two passes.
 *
 * One thread everywhere: node-llama-cpp's JavaScript works beside its own computing threads, and on two cores three of them make each decode wait
 * for a turn at every operation: 30 ms become 160 to 3,000.
 * `node bench/run.mjs ensemble-peers [model file] [tokens] [rounds] [python]`
 */
export default async function benchPeers([
  path = join(homedir(), '.local/share/tributary/models/SmolLM2-135M-Instruct.Q4_1.gguf'),
  tokensText = '12',
  roundsText = '5',
  python = '',
]: readonly string[]): Promise<void> {
  if (!existsSync(path)) throw new Error(`there is no model at ${path}: fetch the starter model first (tributary models pull)`)
  const [tokens, rounds] = [Number(tokensText), Number(roundsText)]
  const ours = await openOurs(path, tokens)
  const theirs = await openTheirs(path, tokens, ours.libraries.llama)
  const times = new Map<string, number[]>()
  try {
    for (let round = 0; round <= rounds; round++) {
      for (const [name, run] of [...ours.runs, ...theirs.runs]) {
        const ms = await run()
        if (round > 0) times.set(name, [...(times.get(name) ?? []), ms])
      }
    }
  } finally {
    await theirs.close()
    ours.close()
  }
  const say = (name: string, all: readonly number[], raw: readonly number[]): void => {
    const ratio = median(all.map((ms, i) => ms / (raw[i] as number)))
    console.log(`${name.padEnd(34)} ${median(all).toFixed(2).padStart(8)} ms/token   ${ratio.toFixed(2)} times its passes`)
  }
  for (const [name, all] of times) say(name, all, times.get(name === inTurnName ? rawTwo : rawBatch) as number[])
  if (python === '') console.log('llama-cpp-python: not asked for (name a Python that has it and numpy)')
  else {
    const { times: all, passes } = runPython(python, path, tokens, rounds)
    say('llama-cpp-python, numpy', all, passes)
  }
}

type Runs = readonly (readonly [string, () => number | Promise<number>])[]
const prompts = ['The history of the sea is a history of storms, and of people who went out in them. In the year', 'Once upon a time']
const rawBatch = 'raw: one batch of two'
const rawTwo = 'raw: two passes'
const inTurnName = 'one leaf after the other'

async function openOurs(path: string, tokens: number) {
  const libraries = await loadLibraries('cpu')
  const binding = bindLibraries(libraries)
  const store = new ModelStore(libraries, binding, { ...defaultHostSettings, device: 'cpu', threads: 1 }, inspectModelFile)
  const call = { signal: new AbortController().signal, onEvent: () => undefined }
  const ref = { backend: 'llama-cpp' as const, id: path, name: basename(path) }
  const lease = await store.lease([{ ref, path }], call)
  const runtime = new LlamaRuntime({ binding, llama: libraries.llama, lease, renderChat: async () => '' })
  const leaf = (text: string): DistributionExpression => ({ op: 'lm', model: ref, prompt: { kind: 'text', text } })
  const run = async (using: Runtime): Promise<number> => {
    const expression: DistributionExpression = { op: 'linear-mix', inputs: { models: prompts.map(leaf) }, params: {} }
    const sampler = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 }
    const { usage } = await decode({ expression, sampler, maxTokens: tokens, stop: [], seed: 1 }, using, call)
    return usage.decodeMs / (usage.passes - 1)
  }
  const raw = openRaw(binding, lease.model(ref.id), tokens)
  const runs: Runs = [
    [rawBatch, () => raw.run(true)],
    [rawTwo, () => raw.run(false)],
    ['one batch', () => run(runtime)],
    [inTurnName, () => run(inTurn(runtime))],
  ]
  return {
    libraries,
    runs,
    close: (): void => {
      raw.close()
      runtime.close()
      lease.release()
    },
  }
}

/** The passes alone: nobody looks at what comes out. */
function openRaw(binding: Binding, { native }: LoadedModel, tokens: number) {
  const context = binding.llama_init_from_model(native.pointer, {
    ...binding.llama_context_default_params(),
    n_ctx: 1024,
    n_seq_max: 2,
    kv_unified: true,
    n_threads: 1,
    n_threads_batch: 1,
    ...native.numerics.params,
  })
  const batch = new Batch(512)
  const lists = prompts.map((text) => native.vocabulary.tokenizePrompt(text))
  const pass = (entries: readonly { readonly sequence: number; readonly from: number; readonly tokens: readonly number[] }[]): void => {
    batch.clear()
    for (const { sequence, from, tokens } of entries) {
      tokens.forEach((token, i) => {
        batch.add(token, from + i, sequence, undefined, i === tokens.length - 1)
      })
    }
    if (binding.llama_decode(context, batch.native) !== 0) throw new Error('llama_decode failed')
  }
  return {
    /** milliseconds a token, the first one left out: it comes with the prompts */
    run: (together: boolean): number => {
      binding.llama_memory_clear(binding.llama_get_memory(context), false)
      pass(lists.map((list, sequence) => ({ sequence, from: 0, tokens: list })))
      const started = performance.now()
      for (let i = 0; i < tokens - 1; i++) {
        const next = lists.map((list, sequence) => ({ sequence, from: list.length + i, tokens: [100 + 7 * i] }))
        if (together) pass(next)
        else for (const entry of next) pass([entry])
      }
      return (performance.now() - started) / (tokens - 1)
    },
    close: (): void => binding.llama_free(context),
  }
}

/** The same runtime with a pass for each leaf. */
function inTurn(runtime: LlamaRuntime): Runtime {
  return {
    now: () => runtime.now(),
    describe: (model) => runtime.describe(model),
    open: (requests, signal) => runtime.open(requests, signal),
    constrain: (model, schema) => runtime.constrain(model, schema),
    async evaluate(requests: readonly EvaluateRequest[], call) {
      for (const request of requests) await runtime.evaluate([request], call)
    },
  }
}

async function openTheirs(path: string, tokens: number, llama: Awaited<ReturnType<typeof loadLibraries>>['llama']) {
  const model = await llama.loadModel({ modelPath: path })
  const context = await model.createContext({ contextSize: 1024, sequences: 2, threads: 1 })
  const sequences = prompts.map(() => context.getSequence())
  type Id = ReturnType<typeof model.tokenize>[number]
  const run = async (topK: number): Promise<number> => {
    for (const sequence of sequences) await sequence.clearHistory()
    let pending = prompts.map((text) => model.tokenize(text))
    let started = 0
    for (let i = 0; i < tokens; i++) {
      const rows = await Promise.all(
        sequences.map(async (sequence, s) => {
          const given = pending[s] as Id[]
          const options = { generateNext: { probabilities: true, options: { temperature: 1, topK, topP: 1, minP: 0 } } }
          const results = await sequence.controlledEvaluate([...given.slice(0, -1), [given.at(-1) as Id, options]])
          return results.at(-1)?.next.probabilities ?? new Map<Id, number>()
        }),
      )
      const best = likeliest(rows)
      pending = prompts.map(() => [best])
      if (i === 0) started = performance.now()
    }
    return (performance.now() - started) / (tokens - 1)
  }
  const runs: Runs = [
    ['node-llama-cpp, 64 likeliest', () => run(64)],
    ['node-llama-cpp, all tokens', () => run(0)],
  ]
  return {
    runs,
    close: async (): Promise<void> => {
      await context.dispose()
      await model.dispose()
    },
  }
}

/** The token with the largest mean probability. */
function likeliest<Id extends number>(rows: readonly ReadonlyMap<Id, number>[]): Id {
  const sum = new Map<Id, number>()
  for (const row of rows) for (const [token, p] of row) sum.set(token, (sum.get(token) ?? 0) + p)
  let best: readonly [Id, number] | undefined
  for (const entry of sum) if (best === undefined || entry[1] > best[1]) best = entry
  return (best as readonly [Id, number])[0]
}

/** Its own llama.cpp, so beside its own passes. */
function runPython(python: string, path: string, tokens: number, rounds: number): { readonly times: number[]; readonly passes: number[] } {
  const script = join('bench', 'ensemble-peers.py')
  const args = [script, path, String(tokens), String(rounds), '1', ...prompts]
  return JSON.parse(execFileSync(python, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as ReturnType<typeof runPython>
}
