import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { decode } from '../src/main/decoding/decode'
import { inspectModelFile } from '../src/main/host-inspect'
import { Batch } from '../src/main/llama/batch'
import { type Binding, bindLibraries } from '../src/main/llama/binding'
import { type LoadedLibraries, loadLibraries } from '../src/main/llama/libraries'
import type { LoadedModel } from '../src/main/llama/loaded-model'
import { ModelStore } from '../src/main/llama/model-store'
import { LlamaRuntime } from '../src/main/llama/runtime'
import { defaultHostSettings } from '../src/main/models/host-protocol'
import type { Decoded } from '../src/main/models/model'
import { plainCodec } from '../src/main/weights/convert/codec'
import { inlinePool } from '../src/main/weights/engine/pools'
import { writeModel } from '../src/main/weights/write-model'
import type { DrafterExpression } from '../src/shared/expression'
import type { ModelRef } from '../src/shared/value'
import { median } from './median'

/**
 * What drafting brings: greedy decoding with every drafter beside plain decoding, in turn, medians of the speed-up; passes against plain ones, and the
 * share of guesses that were kept. A starter model on a text that repeats its prompt and on one that does not (no smaller model of its vocabulary is at
 * hand, so those that need none), and the toy ancestor with those that ask a model: its small sister, or its own first layers. Before that, what a
 * pass of several tokens costs raw, which bounds all of it. Goal for n-grams on the repeating text: 1.7.
 * `node bench/run.mjs drafting [model file] [tokens] [rounds]`
 */
export default async function benchDrafting([
  path = join(homedir(), '.local/share/tributary/models/SmolLM2-135M-Instruct.Q4_1.gguf'),
  tokens = '160',
  rounds = '3',
]: readonly string[]): Promise<void> {
  if (!existsSync(path)) throw new Error(`there is no model at ${path}: fetch the starter model first (tributary models pull)`)
  const folder = mkdtempSync(join(tmpdir(), 'tributary-drafting-'))
  try {
    const libraries = await loadLibraries('cpu')
    const starter = refOf(path)
    const cases = { tokens: Number(tokens), rounds: Number(rounds) }
    await withModels(libraries, [starter], async (runtime, binding, model) => {
      benchPasses(binding, model(starter), Number(rounds))
      for (const [name, prompt, penalty] of starterTexts)
        await compare(`${starter.name}, ${name}`, runtime, {
          ...cases,
          target: starter,
          prompts: [prompt],
          penalty,
          drafters: freeDrafters,
        })
    })
    const [toy, small] = [refOf('resources/toys/toy-base.gguf'), refOf('resources/toys/toy-draft.gguf')]
    const slices = await Promise.all([1, 2, 3].map((layers) => firstLayers(toy, layers, folder)))
    await withModels(libraries, [toy, small, ...slices], (runtime) =>
      compare('toy-base, stories and copies', runtime, {
        ...cases,
        tokens: Math.min(96, Number(tokens)),
        target: toy,
        prompts: toyPrompts,
        penalty: 1,
        drafters: [...freeDrafters.slice(0, 2), ...modelDrafters(small, slices)],
      }),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const passage =
  'The lighthouse at Skagen was lit in 1858 and is 46 metres high. It stands at the northern tip of Denmark, where the waters of the Skagerrak and the Kattegat meet. The keeper climbed 210 steps every evening to light the lamp. In winter the storms threw sand against the windows, and in summer the tower was visited by painters from Copenhagen.'
/** name, prompt, repetition penalty: without one a small model soon repeats itself */
const starterTexts: readonly (readonly [string, string, number])[] = [
  [
    'a text that repeats its prompt',
    `Text: ${passage}\n\nThe same text again, word for word: ${passage}\n\nThe same text again, word for word: The lighthouse at Skagen`,
    1,
  ],
  ['a text that does not', 'A letter from a traveller, about the people whom she met on her way through the mountains:\n\nDear Anna,', 1.3],
]
const toyPrompts = ['story:', 'q: repeat: red sun run big a jump blue old a:', 'guest: can you fix my chair? host:']

type Named = readonly [name: string, drafter: DrafterExpression | undefined]
const ngram: DrafterExpression = { drafter: 'ngram', params: {} }
const lookUp: DrafterExpression = { drafter: 'prompt-lookup', params: {} }
const freeDrafters: readonly Named[] = [
  ['n-gram', ngram],
  ['prompt look-up', lookUp],
  ['several of both', { drafter: 'several', params: {}, of: [ngram, lookUp] }],
]
const modelDrafters = (small: ModelRef, slices: readonly ModelRef[]): readonly Named[] => [
  ['small model', { drafter: 'model', model: small, params: {} }],
  ['small model, Thompson', { drafter: 'thompson', model: small, params: {} }],
  ['small model, tree', { drafter: 'tree', model: small, params: {} }],
  ...slices.map(
    (slice, i): Named => [`own first layers: ${i + 1} of 4`, { drafter: 'model', model: slice, params: { most: 6, stopBelow: 0.6 } }],
  ),
  ['several: n-gram, small model', { drafter: 'several', params: {}, of: [ngram, { drafter: 'model', model: small, params: {} }] }],
]

interface Cases {
  readonly tokens: number
  readonly rounds: number
  readonly target: ModelRef
  readonly prompts: readonly string[]
  /** on repetition; 1: none */
  readonly penalty: number
  readonly drafters: readonly Named[]
}

/** One table: a row for each drafter. The first round warms up. */
async function compare(title: string, runtime: LlamaRuntime, { tokens, rounds, target, prompts, penalty, drafters }: Cases): Promise<void> {
  const call = { signal: new AbortController().signal, onEvent: () => undefined }
  const sampler = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: penalty }
  const run = async (drafter: DrafterExpression | undefined): Promise<Total> => {
    const total = { ms: 0, tokens: 0, passes: 0, drafted: 0, accepted: 0, texts: '' }
    for (const text of prompts) {
      const expression = { op: 'lm' as const, model: target, prompt: { kind: 'text' as const, text } }
      const program = { expression, sampler, maxTokens: tokens, stop: [], seed: 1, ...(drafter && { drafter }) }
      add(total, await decode(program, runtime, call))
    }
    return total
  }
  const ms = new Map<string, number[]>()
  const last = new Map<string, Total>()
  for (let round = 0; round <= rounds; round++) {
    for (const [name, drafter] of [['plain', undefined] as Named, ...drafters]) {
      const total = await run(drafter)
      if (round > 0) ms.set(name, [...(ms.get(name) ?? []), total.ms / total.tokens])
      last.set(name, total)
    }
  }
  console.log(`\n${title}, ${last.get('plain')?.tokens} tokens: ms a token, speed-up, passes of plain, guesses kept`)
  const plain = last.get('plain') as Total
  for (const [name, times] of ms) {
    const total = last.get(name) as Total
    const speedup = median(times.map((time, i) => ((ms.get('plain') as number[])[i] as number) / time))
    const figures = [
      median(times).toFixed(2),
      `${speedup.toFixed(2)}×`,
      `${total.passes} of ${plain.passes}`,
      total.drafted > 0 ? `${total.accepted} of ${total.drafted} (${Math.round((100 * total.accepted) / total.drafted)} %)` : '–',
    ]
    const same = total.texts === plain.texts ? '' : '   OTHER TEXT'
    console.log(`${name.padEnd(30)}${figures.map((figure) => figure.padStart(20)).join('')}${same}`)
  }
}

interface Total {
  ms: number
  tokens: number
  passes: number
  drafted: number
  accepted: number
  texts: string
}

/** The first token comes with the prompt. */
function add(total: Total, { usage, text }: Decoded): void {
  total.ms += usage.decodeMs
  total.tokens += usage.tokens - 1
  total.passes += usage.passes
  total.drafted += usage.drafted
  total.accepted += usage.accepted
  total.texts += `${text}\n`
}

async function withModels(
  libraries: LoadedLibraries,
  refs: readonly ModelRef[],
  work: (runtime: LlamaRuntime, binding: Binding, model: (ref: ModelRef) => LoadedModel) => Promise<void>,
): Promise<void> {
  const binding = bindLibraries(libraries)
  const store = new ModelStore(libraries, binding, { ...defaultHostSettings, device: 'cpu' }, inspectModelFile)
  const call = { signal: new AbortController().signal, onEvent: () => undefined }
  const lease = await store.lease(
    refs.map((ref) => ({ ref, path: ref.id })),
    call,
  )
  const runtime = new LlamaRuntime({ binding, llama: libraries.llama, lease, renderChat: async () => '' })
  try {
    await work(runtime, binding, (ref) => lease.model(ref.id))
  } finally {
    runtime.close()
    lease.release()
    store.free()
  }
}

/** Early exit: the first layers of a model with its own head behind them, as a file. */
async function firstLayers(model: ModelRef, layers: number, folder: string): Promise<ModelRef> {
  const path = join(folder, `first-${layers}.gguf`)
  const stack = Array.from({ length: layers }, (_, layer) => ({ source: 0, layer }))
  await writeModel(
    path,
    { expression: { op: 'stack', sources: [{ op: 'load', model }], layers: stack }, name: `first ${layers}`, dtype: 'keep', recipe: {} },
    { resolve: async ({ id }) => ({ path: id }), codec: plainCodec, pool: (plan) => inlinePool(plan, plainCodec) },
  )
  return refOf(path)
}

const refOf = (path: string): ModelRef => ({ backend: 'llama-cpp', id: resolve(path), name: basename(path, '.gguf') })

/** A pass of n tokens with all their rows, beside a pass of one, behind 250 tokens: what a checked token costs. */
function benchPasses(binding: Binding, { native, threads, workers }: LoadedModel, rounds: number): void {
  const context = binding.llama_init_from_model(native.pointer, {
    ...binding.llama_context_default_params(),
    n_ctx: 512,
    n_outputs_max: 32,
    ...native.numerics.params,
  })
  workers.assign(context, threads)
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
