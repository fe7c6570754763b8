import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WeightsExpression } from '../../shared/expression'
import type { ModelRef } from '../../shared/value'
import { quietCall, starterFolder } from '../models/testing'
import { openToyRuntime, type ToyRuntime } from './testing/toy-runtime'
import { merge, toy } from './testing/toys'

/** Merged toys, written by the runtime and asked through the model pool: the skills that resources/toys/README.md reports must be there. */
let toys: ToyRuntime
beforeAll(async () => {
  toys = await openToyRuntime()
})
afterAll(() => toys.close())

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
    await toys.runtime.write(
      { expression, name: `m${Math.random()}`, dtype, recipe: {} },
      { signal: new AbortController().signal, onProgress: () => undefined },
    )
  ).model

const answer = async (model: ModelRef, text: string, maxTokens = 12): Promise<string> =>
  (
    await toys.pool.decode(
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
