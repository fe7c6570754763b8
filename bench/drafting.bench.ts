import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { decode } from '../src/main/decoding/decode'
import { inspectModelFile } from '../src/main/host-inspect'
import { Batch } from '../src/main/llama/batch'
import { type Binding, bindLibraries } from '../src/main/llama/binding'
import { loadLibraries } from '../src/main/llama/libraries'
import type { LoadedModel } from '../src/main/llama/loaded-model'
import { ModelStore } from '../src/main/llama/model-store'
import { LlamaRuntime } from '../src/main/llama/runtime'
import { defaultHostSettings } from '../src/main/models/host-protocol'
import type { Decoded } from '../src/main/models/model'
import type { DrafterExpression } from '../src/shared/expression'
import type { ModelRef } from '../src/shared/value'
import { median } from './median'

/**
 * Drafting on text that repeats its prompt: what checking several tokens in one pass costs raw, then the same greedy decoding with and without
 * drafters, in turn, medians. Goal for n-grams: 1.7 times plain.
 * `node bench/run.mjs drafting [model file] [tokens] [rounds]`
 */
export default async function benchDrafting([
  path = join(homedir(), '.local/share/tributary/models/SmolLM2-135M-Instruct.Q4_1.gguf'),
  tokens = '160',
  rounds = '5',
]: readonly string[]): Promise<void> {
  if (!existsSync(path)) throw new Error(`there is no model at ${path}: fetch the starter model first (tributary models pull)`)
  const ref: ModelRef = { backend: 'llama-cpp', id: path, name: basename(path) }
  const libraries = await loadLibraries('cpu')
  const binding = bindLibraries(libraries)
  const store = new ModelStore(libraries, binding, { ...defaultHostSettings, device: 'cpu' }, inspectModelFile)
  const call = { signal: new AbortController().signal, onEvent: () => undefined }
  const lease = await store.lease([{ ref, path }], call)
  const runtime = new LlamaRuntime({ binding, llama: libraries.llama, lease, renderChat: async () => '' })
  const run = (drafter?: DrafterExpression): Promise<Decoded> =>
    decode(
      {
        expression: { op: 'lm', model: ref, prompt: { kind: 'text', text: prompt } },
        sampler,
        maxTokens: Number(tokens),
        stop: [],
        seed: 1,
        ...(drafter && { drafter }),
      },
      runtime,
      call,
    )
  try {
    benchBatches(binding, lease.model(ref.id), Number(rounds))
    const ms = new Map<string, number[]>()
    const last = new Map<string, Decoded>()
    for (let round = 0; round <= Number(rounds); round++) {
      for (const [name, drafter] of drafters) {
        const decoded = await run(drafter)
        if (round > 0) ms.set(name, [...(ms.get(name) ?? []), decoded.usage.decodeMs / (decoded.usage.tokens - 1)])
        last.set(name, decoded)
      }
    }
    const plain = ms.get('plain') as number[]
    for (const [name, times] of ms) {
      const { usage, text } = last.get(name) as Decoded
      const speedup = median(times.map((time, i) => (plain[i] as number) / time))
      const same = text === last.get('plain')?.text ? 'same text' : 'OTHER TEXT'
      console.log(
        `${name.padEnd(16)} ${median(times).toFixed(2).padStart(7)} ms/token  ${speedup.toFixed(2)}×  passes ${usage.passes}, drafted ${usage.drafted}, accepted ${usage.accepted}, ${same}`,
      )
    }
  } finally {
    runtime.close()
    lease.release()
  }
}

const passage =
  'The lighthouse at Skagen was lit in 1858 and is 46 metres high. It stands at the northern tip of Denmark, where the waters of the Skagerrak and the Kattegat meet. The keeper climbed 210 steps every evening to light the lamp. In winter the storms threw sand against the windows, and in summer the tower was visited by painters from Copenhagen.'
const prompt = `Text: ${passage}\n\nThe same text again, word for word: ${passage}\n\nThe same text again, word for word: The lighthouse at Skagen`
const sampler = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 }
const drafters: readonly [string, DrafterExpression | undefined][] = [
  ['plain', undefined],
  ['ngram', { drafter: 'ngram', params: {} }],
  ['ngram, most 4', { drafter: 'ngram', params: { most: 4 } }],
  ['ngram, most 16', { drafter: 'ngram', params: { most: 16 } }],
  ['ngram, most 31', { drafter: 'ngram', params: { most: 31 } }],
  ['prompt-lookup', { drafter: 'prompt-lookup', params: {} }],
  [
    'several',
    {
      drafter: 'several',
      params: {},
      of: [
        { drafter: 'ngram', params: {} },
        { drafter: 'prompt-lookup', params: {} },
      ],
    },
  ],
]

/** A pass of n tokens with all their rows, beside a pass of one, behind 250 tokens: what a checked token costs. */
function benchBatches(binding: Binding, { native, threads }: LoadedModel, rounds: number): void {
  const context = binding.llama_init_from_model(native.pointer, {
    ...binding.llama_context_default_params(),
    n_ctx: 512,
    n_outputs_max: 32,
    n_threads: threads,
    n_threads_batch: threads,
    ...native.numerics.params,
  })
  const memory = binding.llama_get_memory(context)
  const batch = new Batch(512)
  const read = (from: number, tokens: number, all: boolean): number => {
    batch.clear()
    for (let i = 0; i < tokens; i++) batch.add(100 + 7 * (from + i), from + i, 0, undefined, all || i === tokens - 1)
    const start = performance.now()
    if (binding.llama_decode(context, batch.native) !== 0) throw new Error('llama_decode failed')
    return performance.now() - start
  }
  read(0, 250, false)
  const sizes = [1, 2, 4, 8, 12, 16]
  const times = sizes.map((): number[] => [])
  for (let round = 0; round < 2 * rounds; round++) {
    for (const [i, size] of sizes.entries()) {
      ;(times[i] as number[]).push(read(250, size, true))
      binding.llama_memory_seq_rm(memory, 0, 250, -1)
    }
  }
  binding.llama_free(context)
  const one = median(times[0] as number[])
  const shares = sizes.map((size, i) => `${size}: ${(median(times[i] as number[]) / one).toFixed(2)}`)
  console.log(`a pass of n tokens against one of ${one.toFixed(2)} ms: ${shares.join(', ')}`)
}
