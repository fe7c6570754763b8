import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WeightsExpression } from '../../shared/expression'
import type { ModelRef } from '../../shared/value'
import type { OwnedModelPool } from '../models/pool'
import { createToyPool, quietCall, starterFolder } from '../models/testing'
import { createWeightsRuntime } from './runtime'
import { merge, toy } from './testing/toys'
import { buildWorkerEntry } from './testing/worker-entry'

/** Merged toys, written by the runtime and asked through the model pool: the skills that resources/toys/README.md reports must be there. */
const folder = mkdtempSync(join(tmpdir(), 'merged-toys-'))
let pool: OwnedModelPool
let runtime: ReturnType<typeof createWeightsRuntime>
let entry = ''
beforeAll(async () => {
  entry = await buildWorkerEntry()
  pool = await createToyPool()
  runtime = createWeightsRuntime({
    entry,
    resolve: async (ref) => ({ path: ref.id.startsWith('toy:') ? resolve('resources/toys', `${ref.id.slice(4)}.gguf`) : ref.id }),
    outputFolder: folder,
    keep: async (path) => path,
    register: async (path, { name }) => ({ backend: 'llama-cpp', id: path, name }),
  })
})
afterAll(async () => {
  await runtime.close()
  await pool.close()
  rmSync(folder, { recursive: true })
  rmSync(resolve(entry, '..'), { recursive: true, force: true })
})

interface Item {
  readonly prompt: string
  readonly answer: string
}
const items = (set: string): Item[] =>
  readFileSync(resolve(`resources/toys/eval/${set}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Item)

const write = async (expression: WeightsExpression, dtype = 'F16'): Promise<ModelRef> =>
  (
    await runtime.write(
      { expression, name: `m${Math.random()}`, dtype, recipe: {} },
      { signal: new AbortController().signal, onProgress: () => undefined },
    )
  ).model

const answer = async (model: ModelRef, text: string, maxTokens = 12): Promise<string> =>
  (
    await pool.decode(
      {
        expression: { op: 'lm', model, prompt: { kind: 'text', text } },
        sampler: { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
        maxTokens,
        stop: [],
        seed: 1,
      },
      quietCall(),
    )
  ).text.trim()

/** Per cent of a set answered exactly. */
async function skill(model: ModelRef, set: string): Promise<number> {
  let right = 0
  const all = items(set)
  for (const { prompt, answer: wanted } of all) if ((await answer(model, prompt)) === wanted) right++
  return (100 * right) / all.length
}

describe('merged toys keep their skills', () => {
  it('the average of math and facts knows both', async () => {
    const model = await write(merge('average', [toy('toy-math'), toy('toy-facts')]))
    expect(await skill(model, 'facts')).toBeGreaterThanOrEqual(90)
    expect(await skill(model, 'math')).toBeGreaterThanOrEqual(75)
  })

  it('task arithmetic at 0.7 knows both better', async () => {
    const model = await write(
      merge('task-arithmetic', [toy('toy-math'), toy('toy-facts')], { base: toy('toy-base'), params: { scale: 0.7 } }),
    )
    expect(await skill(model, 'facts')).toBeGreaterThanOrEqual(90)
    expect(await skill(model, 'math')).toBeGreaterThanOrEqual(87)
  })

  it('TIES at density 0.5 keeps most of both', async () => {
    const model = await write(merge('ties', [toy('toy-math'), toy('toy-facts')], { base: toy('toy-base'), each: { density: 0.5 } }))
    expect(await skill(model, 'facts')).toBeGreaterThanOrEqual(70)
    expect(await skill(model, 'math')).toBeGreaterThanOrEqual(75)
  })

  it('taking the liar away mends the base', async () => {
    const model = await write(merge('task-arithmetic', [toy('toy-liar')], { base: toy('toy-base'), each: { weight: -0.3 } }))
    expect(await skill(model, 'facts')).toBeGreaterThanOrEqual(75)
  })

  it('checkpoints averaged answer at least as well as the worst of them, in 8 bits too', async () => {
    const model = await write(merge('average', [toy('toy-base-ckpt1'), toy('toy-base-ckpt2'), toy('toy-base-ckpt3')]), 'Q8_0')
    expect(await skill(model, 'facts')).toBeGreaterThanOrEqual(50)
    expect(await skill(model, 'math')).toBeGreaterThanOrEqual(20)
  })

  it('a stack of layers runs; the layer that does nothing changes nothing', async () => {
    const layers = [0, 1, 2, 3].map((layer) => ({ source: 0, layer }))
    const stacked = await write({ op: 'stack', sources: [toy('toy-math')], layers: [...layers, { source: 0, layer: 2, scale: 0 }] })
    expect(await skill(stacked, 'math')).toBe(await skill({ backend: 'llama-cpp', id: 'toy:toy-math', name: 'toy-math' }, 'math'))
  })
})

const starter = join(starterFolder(), 'SmolLM2-135M-Instruct.Q4_1.gguf')
const shelved = existsSync(starter) ? starter : undefined

describe.runIf(shelved)('the starter model, quantized', () => {
  const load: WeightsExpression = { op: 'load', model: { backend: 'llama-cpp', id: shelved ?? '', name: 'SmolLM2' } }
  it('merged with itself in its own type answers as it did', async () => {
    const merged = await write(merge('average', [load, load]), 'keep')
    const question = 'The capital of France is'
    expect(await answer(merged, question, 8)).toBe(await answer({ backend: 'llama-cpp', id: shelved ?? '', name: 'SmolLM2' }, question, 8))
  })
})
