import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { getLlama, type Llama, LlamaCompletion } from 'node-llama-cpp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WeightsExpression } from '../../../shared/expression'
import type { ModelRef, StatisticsRef } from '../../../shared/value'
import { quietCall } from '../../models/testing'
import type { RunContext } from '../../node-runtime'
import { readGgufHeader } from '../../weights/gguf/read-header'
import { openToyRuntime, type ToyRuntime } from '../../weights/testing/toy-runtime'
import { tensorOf, toy } from '../../weights/testing/toys'
import { runNode, testContext } from '../testing'
import applyLora from './apply-lora'
import extractLora, { type reportOf } from './extract-lora'
import writeAdapter from './write-adapter'

/** What toy-math learnt, taken out as an adapter, written as files and worked into the base again: the skill must come back. */
let toys: ToyRuntime
let context: RunContext
beforeAll(async () => {
  toys = await openToyRuntime()
  const { resources, ...plain } = testContext({ weights: toys.runtime })
  context = {
    ...plain,
    resources: { ...resources, file: async (id) => ({ name: basename(id), bytes: Uint8Array.from(readFileSync(id)) }) },
  }
})
afterAll(() => toys.close())

const base = toy('toy-base')
const items = readFileSync('resources/toys/eval/math.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { prompt: string; answer: string })

async function extracted(rank: number): Promise<{ adapter: StatisticsRef; report: ReturnType<typeof reportOf> }> {
  const { outputs } = await runNode(extractLora, { inputs: { tuned: toy('toy-math'), base }, params: { rank, outer: true }, context })
  return outputs as unknown as { adapter: StatisticsRef; report: ReturnType<typeof reportOf> }
}
const applied = async (params: Record<string, unknown>, adapter?: StatisticsRef): Promise<WeightsExpression> =>
  (await runNode(applyLora, { inputs: { weights: base, ...(adapter ? { adapter } : {}) }, params, context })).outputs
    .weights as WeightsExpression
const written = async (expression: WeightsExpression, dtype = 'F16'): Promise<ModelRef> =>
  (
    await toys.runtime.write(
      { expression, name: `m${Math.random()}`, dtype, recipe: {}, blobs: context.blobs },
      { signal: context.signal, onProgress: () => undefined },
    )
  ).model

/** Share of sums answered exactly. */
async function sums(model: ModelRef): Promise<number> {
  let right = 0
  for (const { prompt, answer } of items) {
    const { text } = await toys.pool.decode(
      {
        expression: { op: 'lm', model, prompt: { kind: 'text', text: prompt } },
        sampler: { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
        maxTokens: 12,
        stop: [],
        seed: 1,
      },
      quietCall(),
    )
    if (text.trim() === answer) right++
  }
  return right / items.length
}

describe('what toy-math learnt, as an adapter of toy-base', () => {
  it('keeps the skill at half the rank; fewer ranks keep less of the change, and tell so', { timeout: 300_000 }, async () => {
    const [thin, half] = [await extracted(8), await extracted(64)]
    const [before, few, many] = [
      await sums({ backend: 'llama-cpp', id: 'toy:toy-base', name: 'toy-base' }),
      await sums(await written(await applied({}, thin.adapter))),
      await sums(await written(await applied({}, half.adapter))),
    ]
    if (process.env.FIGURES) console.log({ before, few, many, thin: thin.report.kept, half: half.report.kept, left: half.report.leftOut })
    expect(half.report.kept).toBeGreaterThan(0.8)
    expect(half.report.kept).toBeGreaterThan(thin.report.kept)
    expect(many).toBeGreaterThanOrEqual(0.9)
    expect(many).toBeGreaterThan(before + 0.25)
  })

  it('comes back the same from both kinds of file', { timeout: 300_000 }, async () => {
    const { adapter } = await extracted(16)
    const wired = await written(await applied({}, adapter), 'F32')
    for (const format of ['gguf', 'peft']) {
      const { outputs } = await runNode(writeAdapter, { inputs: { adapter, base }, params: { format, name: 'sums' }, context })
      const { files } = (outputs as { files: { files: Record<string, string> } }).files
      const params =
        format === 'gguf'
          ? { source: files['adapter.gguf'] }
          : { source: files['adapter_model.safetensors'], config: files['adapter_config.json'] }
      const back = await written(await applied(params), 'F32')
      expect(await farthest(wired, back)).toBe(0)
    }
  })

  it('is applied by llama.cpp itself, and answers', { timeout: 300_000 }, async () => {
    const { adapter } = await extracted(64)
    const { outputs } = await runNode(writeAdapter, { inputs: { adapter, base }, params: { format: 'gguf' }, context })
    const file = (outputs as { files: { files: Record<string, string> } }).files.files['adapter.gguf'] as string
    const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'disabled' as never })
    try {
      expect(await answersOf(llama, file)).toBeGreaterThanOrEqual(0.9)
    } finally {
      await llama.dispose()
    }
  })
})

async function answersOf(llama: Llama, adapter: string): Promise<number> {
  const model = await llama.loadModel({ modelPath: resolve('resources/toys/toy-base.gguf') })
  const loaded = await model.createContext({ contextSize: 64, threads: 1, lora: { adapters: [{ filePath: adapter, scale: 1 }] } })
  const completion = new LlamaCompletion({ contextSequence: loaded.getSequence() })
  const some = items.filter((_, index) => index % 15 === 0)
  let right = 0
  for (const { prompt, answer } of some)
    if ((await completion.generateCompletion(prompt, { maxTokens: 6, temperature: 0 })).trim() === answer) right++
  return right / some.length
}

/** Largest difference between the same tensors of two files. */
async function farthest(one: ModelRef, other: ModelRef): Promise<number> {
  let most = 0
  for (const { name } of (await readGgufHeader(one.id)).tensors) {
    const [x, y] = [await tensorOf(one.id, name), await tensorOf(other.id, name)]
    most = x.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (y[i] as number))), most)
  }
  return most
}
