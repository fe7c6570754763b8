import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Batch } from '../src/main/llama/batch'
import { bindLibraries } from '../src/main/llama/binding'
import { loadLibraries } from '../src/main/llama/libraries'
import { physicalCores } from '../src/main/llama/machine'
import { NativeModel } from '../src/main/llama/native-model'
import type { DecodeProgram } from '../src/main/models/model'
import { createModelPool } from '../src/main/models/pool'
import { buildHost } from '../src/main/models/testing'

/**
 * Language-model decoding through the model host beside raw `llama_decode` in the same run: alternating rounds, medians. The raw loop evaluates one
 * token after another and looks at nothing; ours also copies the logits, samples, and sends the text to another process. Goal: ratio at most 1.05.
 * `node bench/run.mjs decode [file.gguf] [tokens] [rounds]`
 */
export default async function benchDecode([
  file = 'resources/toys/toy-base.gguf',
  tokensText = '96',
  roundsText = '5',
]: readonly string[]): Promise<void> {
  const path = resolve(file)
  if (!existsSync(path)) throw new Error(`there is no model file at ${path}`)
  const [tokens, rounds] = [Number(tokensText), Number(roundsText)]
  const threads = physicalCores()
  const raw = await openRaw(path, threads)
  const ours = await openOurs(path, threads)
  const rows: { raw: number; ours: number }[] = []
  try {
    raw.run(tokens)
    await ours.run(tokens)
    for (let round = 0; round < rounds; round++) rows.push({ raw: raw.run(tokens), ours: await ours.run(tokens) })
  } finally {
    await ours.close()
    raw.close()
  }
  const [rawMs, oursMs] = [median(rows.map((row) => row.raw)), median(rows.map((row) => row.ours))]
  const ratio = median(rows.map((row) => row.ours / row.raw))
  console.log(`${file}, ${threads} threads, ${tokens} tokens, ${rounds} rounds (medians)`)
  console.log(`raw llama_decode      ${rawMs.toFixed(3)} ms/token`)
  console.log(`through the host      ${oursMs.toFixed(3)} ms/token`)
  console.log(`ratio                 ${ratio.toFixed(3)}  (goal ≤ 1.05)`)
}

async function openRaw(path: string, threads: number) {
  const libraries = await loadLibraries('cpu')
  const binding = bindLibraries(libraries)
  const { signal } = new AbortController()
  const model = await NativeModel.load(binding, {
    path,
    name: path,
    fingerprint: '',
    hasFloatWeights: false,
    gpuLayers: 0,
    signal,
    onProgress: () => undefined,
    recentLog: [],
  })
  const context = binding.llama_init_from_model(model.pointer, {
    ...binding.llama_context_default_params(),
    n_ctx: 512,
    n_threads: threads,
    n_threads_batch: threads,
  })
  const batch = new Batch(1)
  return {
    /** milliseconds a token */
    run: (tokens: number): number => {
      binding.llama_memory_clear(binding.llama_get_memory(context), false)
      let started = performance.now()
      for (let position = 0; position <= tokens; position++) {
        if (position === 1) started = performance.now()
        batch.clear()
        batch.add(5, position, 0, undefined, true)
        if (binding.llama_decode(context, batch.native) !== 0) throw new Error('llama_decode failed')
      }
      return (performance.now() - started) / tokens
    },
    close: (): void => {
      binding.llama_free(context)
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
  const program = (tokens: number): DecodeProgram => ({
    expression: { op: 'lm', model: { backend: 'llama-cpp', id: path, name: path }, prompt: { kind: 'text', text: 'Once upon a time' } },
    sampler: { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
    maxTokens: tokens,
    stop: [],
    seed: 7,
  })
  return {
    run: async (tokens: number): Promise<number> => {
      const { usage } = await pool.decode(program(tokens), { signal: new AbortController().signal, onToken: () => undefined })
      return usage.decodeMs / Math.max(1, usage.passes - 1)
    },
    close: (): Promise<void> => pool.close(),
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] as number
}
