import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Llama } from 'node-llama-cpp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contextBytes } from '../../shared/context-memory/model-shape'
import type { DistributionExpression, DrafterExpression } from '../../shared/expression'
import { estimateMemory } from '../../shared/graph/memory'
import type { ModelRef } from '../../shared/value'
import { decode } from '../decoding/decode'
import type { TokenSequence } from '../decoding/source'
import { inspectModelFile } from '../host-inspect'
import { defaultHostSettings } from '../models/host-protocol'
import { starterFolder } from '../models/testing'
import { bindLibraries } from './binding'
import { type LoadedLibraries, loadLibraries } from './libraries'
import type { LoadedModel } from './loaded-model'
import { ModelStore } from './model-store'
import { memoryOf } from './plan-decoding'
import { LlamaRuntime } from './runtime'

/** What is planned of memory before anything is loaded, against the sizes of the buffers that llama.cpp says it has made. */
const starters = ['SmolLM2-135M-Instruct.Q4_1.gguf', 'gemma-3-270m-q4_k_m.gguf'].map((name) => join(starterFolder(), name))
const toys = ['toy-base', 'toy-draft', 'toy-other'].map((name) => resolve(`resources/toys/${name}.gguf`))
const models = [...toys, ...starters].filter((path) => existsSync(path))

let libraries: LoadedLibraries
let store: ModelStore
const call = { signal: new AbortController().signal, onEvent: () => undefined }
const refOf = (path: string): ModelRef => ({ backend: 'llama-cpp', id: path, name: path })

beforeAll(async () => {
  libraries = await loadLibraries('cpu')
  ;(libraries.llama as Pick<Llama, 'logLevel'>).logLevel = 'info' as Llama['logLevel']
  store = new ModelStore(libraries, bindLibraries(libraries), { ...defaultHostSettings, device: 'cpu' }, inspectModelFile)
})
afterAll(() => store.free())

async function withModels<T>(
  paths: readonly string[],
  work: (model: (path: string) => LoadedModel, runtime: LlamaRuntime) => Promise<T>,
): Promise<T> {
  const lease = await store.lease(
    paths.map((path) => ({ ref: refOf(path), path })),
    call,
  )
  const runtime = new LlamaRuntime({ binding: store.binding, llama: libraries.llama, lease, renderChat: async () => '' })
  try {
    return await work((path) => lease.model(path), runtime)
  } finally {
    runtime.close()
    lease.release()
  }
}

/** Bytes of the buffers of contexts that were made while `work` ran, by llama.cpp's own words, which come a little later. */
async function reported(work: () => Promise<unknown>): Promise<number> {
  let bytes = 0
  let last = Number.POSITIVE_INFINITY
  const log = libraries.recentLog as string[]
  const { push } = log
  log.push = (...lines: string[]) => {
    for (const line of lines) {
      const size = /(?:KV|output|compute) buffer size =\s+([\d.]+) MiB/.exec(line)?.[1]
      if (size !== undefined) bytes += Number(size) * 2 ** 20
      if (line.includes('compute buffer size')) last = performance.now()
    }
    return push.apply(log, lines)
  }
  try {
    await work()
    while (performance.now() - last < 40 || last === Number.POSITIVE_INFINITY) await setTimeout(10)
  } finally {
    log.push = push
  }
  return bytes
}

describe.each(models.map((path) => [basename(path), path] as const))('the memory of %s', (_, path) => {
  it.each([512, 1024, 2048, 4096, 8192])('for contexts of %i tokens is as planned', async (cells) => {
    const header = await inspectModelFile(path)
    await withModels([path], async (model) => {
      for (const sequences of [1, 4, 5]) {
        let told = 0
        const planned = contextBytes(header, { cells, longest: cells, sequences, neverForks: false }, 1, true)
        const real = await reported(async () => {
          const { lane } = await model(path).openLane(
            { prompts: [[1]], cells, longest: cells, sequences, rows: 1, neverForks: false },
            undefined,
          )
          told = lane.memoryBytes
          model(path).discardLane(lane)
        })
        expect(told / real, `${cells} cells, ${sequences} sequences: ${told} told, ${real} real`).toBeGreaterThan(0.9)
        expect(told / real).toBeLessThan(1.1)
        expect(planned, 'what the header says is what the loaded model says').toBeCloseTo(told, -1)
      }
    })
  })

  it('is, with its weights, what a plan counts with before the first load', async () => {
    const { sizeBytes, contextTokens, ...shape } = await inspectModelFile(path)
    for (const maxTokens of [64, 1000, 3000].filter((tokens) => tokens + 64 < contextTokens)) {
      const context = { shape, onCpu: true, mostTokens: Math.min(contextTokens, 8192) }
      const planned = estimateMemory({ name: path, sizeBytes, context }, maxTokens)
      const real = await withModels([path], async (model, runtime) => {
        while (model(path).dropIdleLane());
        const prompt = { kind: 'text' as const, text: 'the red key is in oslo' }
        const expression = { op: 'lm', model: refOf(path), prompt } as const
        const sampler = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 }
        const bytes = await reported(() =>
          decode({ expression, maxTokens, stop: [' '], seed: 1, sampler }, runtime, { signal: call.signal }),
        )
        return model(path).native.sizeBytes + bytes
      })
      const usual = 255 // tokens of a prompt that nobody knows yet: up to twice the cells of a short one
      const doubled = 2 ** Math.ceil(Math.log2(Math.max(512, usual + maxTokens))) > 2 ** Math.ceil(Math.log2(Math.max(512, 8 + maxTokens)))
      expect(planned / real, `${maxTokens} tokens: ${planned} planned, ${real} real`).toBeGreaterThan(0.9)
      expect(planned / real, `${maxTokens} tokens: ${planned} planned, ${real} real`).toBeLessThan(doubled ? 2.1 : 1.1)
    }
  })
})

describe.each(models.map((path) => [basename(path), path] as const))('side by side in %s', (_, path) => {
  it.each([250, 1000])('sequences of %i tokens take what is planned', async (longest) => {
    await withModels([path], async (model) => {
      for (const sequences of [2, 5, 16]) {
        let told = 0
        const real = await reported(async () => {
          const size = { cells: sequences * longest, longest, sequences, neverForks: true, sideBySide: true }
          const { lane } = await model(path).openLane({ ...size, prompts: [[1], [2]], rows: sequences }, undefined)
          expect([lane.streams, lane.cells]).toEqual([sequences, sequences * 2 ** Math.ceil(Math.log2(longest))])
          told = lane.memoryBytes
          model(path).discardLane(lane)
        })
        expect(told / real, `${longest} cells, ${sequences} sequences: ${told} told, ${real} real`).toBeGreaterThan(0.9)
        expect(told / real).toBeLessThan(1.1)
      }
    })
  })
})

describe.each(starters.filter((path) => existsSync(path)).map((path) => [basename(path), path] as const))(
  'cells apart in %s',
  (_, path) => {
    it.each([256, 1024, 4096])('for sequences of %i tokens take what is planned', async (longest) => {
      await withModels([path], async (model) => {
        for (const sequences of [2, 5]) {
          let told = 0
          const real = await reported(async () => {
            const request = { prompts: [[1], [2]], cells: sequences * longest, longest, sequences, rows: sequences, neverForks: true }
            const { lane } = await model(path).openLane(request, undefined)
            expect([lane.streams, lane.cells]).toEqual([sequences, sequences * longest])
            told = lane.memoryBytes
            model(path).discardLane(lane)
          })
          expect(told / real, `${longest} cells, ${sequences} sequences: ${told} told, ${real} real`).toBeGreaterThan(0.9)
          expect(told / real).toBeLessThan(1.1)
        }
      })
    })

    it('give the same bits as one sequence alone', async () => {
      await withModels([path], async (model, runtime) => {
        const texts = ['The river rose in the night. '.repeat(9), 'A letter came from the harbour town, and nobody read it.']
        const { vocabulary } = model(path).native
        const whole = texts.map((words) => vocabulary.tokenizePrompt(words))
        const rowsOf = async (which: readonly number[]): Promise<Float32Array[][]> => {
          const sequences = await runtime.open(
            which.map((i) => ({ model: refOf(path), prompt: (whole[i] as number[]).slice(0, 4), capacity: 120, branches: 0 })),
            call.signal,
          )
          const rows: Float32Array[][] = which.map(() => [])
          const read = (from: number, to: number) =>
            runtime.evaluate(
              which.flatMap((i, at) => {
                const tokens = (whole[i] as number[]).slice(from, to)
                const row = new Float32Array(vocabulary.size)
                if (tokens.length === 0) return []
                rows[at]?.push(row)
                return [{ sequence: sequences[at] as TokenSequence, tokens, rows: [row] }]
              }),
              call,
            )
          const held = Math.max(...sequences.map(({ length }) => length))
          expect(held).toBe(0)
          await read(0, 6)
          for (let at = 6; at < 60; at++) await read(at, at + 1)
          for (const sequence of sequences) sequence.dispose()
          while (model(path).dropIdleLane());
          return rows
        }
        const together = await rowsOf([0, 1])
        expect(together).toEqual([...(await rowsOf([0])), ...(await rowsOf([1]))])
      })
    })
  },
)

const text = 'The river rose in the night, and '.repeat(30)
const lm = (path: string, more = ''): DistributionExpression => ({
  op: 'lm',
  model: refOf(path),
  prompt: { kind: 'text', text: text + more },
})
const [smollm2 = ''] = starters
const drafters: readonly (readonly [string, DrafterExpression | undefined])[] = [
  ['nothing', undefined],
  ['n-grams', { drafter: 'ngram', params: {} }],
  ['a model that drafts for itself', { drafter: 'model', model: refOf(smollm2), params: {} }],
  ['a tree', { drafter: 'tree', model: refOf(smollm2), params: {} }],
]

describe.skipIf(!existsSync(smollm2))('the memory of a program, from headers alone', () => {
  it.each(drafters)('with %s is what it takes when it runs', async (_, drafter) => {
    const outline = { id: smollm2, name: 'smollm2', ...(await inspectModelFile(smollm2)) }
    const expression: DistributionExpression = { op: 'linear-mix', inputs: { models: [lm(smollm2), lm(smollm2, 'then')] }, params: {} }
    const program = { expression, maxTokens: 700, ...(drafter ? { drafter } : {}) }
    const { contextBytes } = memoryOf([outline], program, { contextTokens: 8192, onCpu: true })
    const real = await withModels([smollm2], async (model, runtime) => {
      while (model(smollm2).dropIdleLane());
      return reported(() =>
        decode(
          { ...program, stop: [' '], seed: 1, sampler: { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 } },
          runtime,
          { signal: call.signal },
        ),
      )
    })
    expect(contextBytes / real, `${contextBytes} planned, ${real} real`).toBeGreaterThan(0.9)
    expect(contextBytes / real).toBeLessThan(1.1)
  })
})
