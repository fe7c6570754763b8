import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { inspectModelFile } from '../src/main/host-inspect'
import { Batch } from '../src/main/llama/batch'
import { bindLibraries } from '../src/main/llama/binding'
import { ComputeThreads } from '../src/main/llama/compute-threads'
import { loadLibraries } from '../src/main/llama/libraries'
import { physicalCores } from '../src/main/llama/machine'
import { NativeModel } from '../src/main/llama/native-model'
import type { Decoded, DecodeProgram, SamplerOptions } from '../src/main/models/model'
import { createModelPool } from '../src/main/models/pool'
import { buildHost } from '../src/main/models/testing'
import { median } from './median'

/**
 * Decoding through the model host beside raw `llama_decode` in one run, in turn, medians. The raw loop reads the same prompt and the very tokens that
 * ours wrote, in a context with the same cache types, attention and kept threads, and looks at nothing; ours also copies the logits, samples, adds up
 * log-probabilities, and sends the text to another process. Goal: ratio at most 1.05. The last rows say what a trace costs, the second what
 * llama.cpp does by itself: it starts its threads anew for each decode.
 * `node bench/run.mjs decode [file.gguf] [tokens] [rounds] [threads]`
 */
export default async function benchDecode([
  file = 'resources/toys/toy-base.gguf',
  tokensText = '64',
  roundsText = '7',
  threadsText = String(physicalCores()),
]: readonly string[]): Promise<void> {
  const path = resolve(file)
  if (!existsSync(path)) throw new Error(`there is no model file at ${path}`)
  const [tokens, rounds, threads] = [Number(tokensText), Number(roundsText), Number(threadsText)]
  const raw = await openRaw(path, threads)
  const ours = await openOurs(path, threads)
  const ratios = new Map<string, number[]>()
  const times = new Map<string, number[]>()
  const note = (name: string, ms: number, rawMs?: number): void => {
    times.set(name, [...(times.get(name) ?? []), ms])
    if (rawMs !== undefined) ratios.set(name, [...(ratios.get(name) ?? []), ms / rawMs])
  }
  try {
    const ids = new Map<string, number[]>()
    for (const [name, sampler, topK] of cases) {
      const { trace } = await ours.run(tokens, sampler, Math.max(1, topK))
      ids.set(name, trace?.steps.map(({ id }) => id) ?? [])
    }
    for (let round = 0; round < rounds; round++) {
      for (const [name, sampler, topK] of cases) {
        const rawMs = raw.run(ids.get(name) as number[], true)
        note('raw, its threads anew each time', raw.run(ids.get(name) as number[], false), rawMs)
        const { usage } = await ours.run(tokens, sampler, topK)
        note('raw llama_decode', rawMs)
        note(name, usage.decodeMs / Math.max(1, usage.passes - 1), rawMs)
      }
    }
  } finally {
    await ours.close()
    raw.close()
  }
  console.log(`${file}, ${threads} threads, ${tokens} tokens, ${rounds} rounds (medians)`)
  for (const [name, all] of times) {
    const ratio = ratios.has(name) ? `ratio ${median(ratios.get(name) as number[]).toFixed(3)}` : ''
    console.log(`${name.padEnd(36)} ${median(all).toFixed(3).padStart(8)} ms/token  ${ratio}`)
  }
}

const prompt = 'The history of the sea is a history of storms, and of people who went out in them. In the year'
const sampling = (temperature: number, topP: number): SamplerOptions => ({ temperature, topK: 0, topP, minP: 0, repetitionPenalty: 1 })
/** name, sampler, candidates kept in the trace (0: no trace; 5: what an ensemble keeps by default) */
const cases: readonly (readonly [string, SamplerOptions, number])[] = [
  ['greedy', sampling(0, 1), 0],
  ['temperature 1', sampling(1, 1), 0],
  ['temperature 0.8, top-p 0.95', sampling(0.8, 0.95), 0],
  ['temperature 0.8, top-p 0.95, traced', sampling(0.8, 0.95), 5],
]

async function openRaw(path: string, threads: number) {
  const binding = bindLibraries(await loadLibraries('cpu'))
  const { hasFloatWeights } = await inspectModelFile(path)
  const model = await NativeModel.load(binding, {
    path,
    name: path,
    fingerprint: '',
    hasFloatWeights,
    gpuLayers: 0,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    recentLog: [],
  })
  const context = binding.llama_init_from_model(model.pointer, {
    ...binding.llama_context_default_params(),
    n_ctx: 512,
    n_threads: threads,
    n_threads_batch: threads,
    ...model.numerics.params,
  })
  const batch = new Batch(512)
  const read = (tokens: readonly number[], from: number): void => {
    batch.clear()
    tokens.forEach((token, i) => {
      batch.add(token, from + i, 0, undefined, i === tokens.length - 1)
    })
    if (binding.llama_decode(context, batch.native) !== 0) throw new Error('llama_decode failed')
  }
  const begin = model.vocabulary.tokenizePrompt(prompt)
  const workers = new ComputeThreads(binding, threads)
  return {
    /** milliseconds a token, the first one left out: it comes with the prompt */
    run: (tokens: readonly number[], keepsThreads: boolean): number => {
      if (keepsThreads) workers.assign(context, threads)
      else binding.llama_set_n_threads(context, threads, threads)
      binding.llama_memory_clear(binding.llama_get_memory(context), false)
      read(begin, 0)
      const started = performance.now()
      tokens.slice(0, -1).forEach((token, i) => {
        read([token], begin.length + i)
      })
      const ms = (performance.now() - started) / Math.max(1, tokens.length - 1)
      workers.assign(context, 1) // they give back their places
      return ms
    },
    close: (): void => {
      binding.llama_free(context)
      workers.free()
      model.free()
    },
  }
}

async function openOurs(path: string, threads: number) {
  const pool = createModelPool({
    host: { entry: await buildHost(), execPath: process.execPath },
    settings: { device: 'cpu', threads },
    resolve: async () => ({ path }),
  })
  const program = (maxTokens: number, sampler: SamplerOptions, topK: number): DecodeProgram => ({
    expression: { op: 'lm', model: { backend: 'llama-cpp', id: path, name: path }, prompt: { kind: 'text', text: prompt } },
    sampler,
    maxTokens,
    stop: [],
    seed: 7,
    ...(topK > 0 ? { trace: { topK } } : {}),
  })
  return {
    run: (tokens: number, sampler: SamplerOptions, topK: number): Promise<Decoded> =>
      pool.decode(program(tokens, sampler, topK), { signal: new AbortController().signal, onToken: () => undefined }),
    close: (): Promise<void> => pool.close(),
  }
}
