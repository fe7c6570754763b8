import { afterAll, beforeAll, expect, it } from 'vitest'
import type { OwnedModelPool } from '../../models/pool'
import { createToyPool, quietCall, toyRef } from '../../models/testing'
import { readGgufHeader } from '../../weights/gguf/read-header'
import { fisherDiagonal } from '../../weights/gradients/fisher'
import { Llama } from '../../weights/gradients/llama'
import { llamaShape } from '../../weights/gradients/shape'
import { decodeTable } from '../../weights/statistics/table'
import { tensorOf } from '../../weights/testing/toys'
import { runNode, testContext } from '../testing'
import calibrate from './calibrate'

let pool: OwnedModelPool
beforeAll(async () => {
  pool = await createToyPool()
})
afterAll(() => pool.close())

const texts = ['q: what is 7 plus 5? a:', 'q: what is 9 minus 4? a:'].map((text, index) => ({
  prompt: { kind: 'text' as const, text },
  continuation: [' 12', ' 5'][index] as string,
}))

/** The same slope out of our own forward pass, with the matrix itself scaled. */
async function slopeByWeights(text: { readonly tokens: readonly number[]; readonly first: number }, matrix: string): Promise<number> {
  const path = 'resources/toys/toy-base.gguf'
  const { metadata, tensors } = await readGgufHeader(path)
  const weights = new Map(await Promise.all(tensors.map(async ({ name }) => [name, await tensorOf(path, name)] as const)))
  const shape = llamaShape('toy-base', metadata, tensors)
  const nats = (factor: number): number => {
    const scaled = new Map(weights).set(
      matrix,
      (weights.get(matrix) as Float32Array).map((value) => value * factor),
    )
    return fisherDiagonal(new Llama(shape, scaled), [text], { labels: 'observed', seed: 1 }, { add: () => undefined }).nats
  }
  return (nats(0.98) - nats(1.02)) / 0.04
}

it('the slope of a mask is that of the scaled matrix, and the model is unchanged by measuring it', { timeout: 120_000 }, async () => {
  const model = await pool.open(toyRef('toy-base'))
  const [text] = texts
  if (text === undefined) throw new Error('no text')
  const asked = () => model.statistics?.({ texts: [text], masks: { step: 0.02, labels: 'observed', seed: 1 } }, quietCall())
  const [found, again] = [await asked(), await asked()]
  expect(found?.masks).toHaveLength(8)
  const lead = await model.tokenize(text.prompt.text, quietCall(), 'prompt')
  const tokens = [...lead, ...(await model.tokenize(text.continuation, quietCall(), 'end'))]
  for (const matrix of ['blk.1.attn_output.weight', 'blk.2.ffn_down.weight']) {
    const squares = found?.masks?.find(({ weight }) => weight === matrix)?.squares ?? Number.NaN
    const slope = Math.abs(await slopeByWeights({ tokens, first: lead.length }, matrix))
    if (process.env.FIGURES) console.log(matrix, Math.sqrt(squares), slope)
    // llama.cpp multiplies in half precision, which leaves a noise of a few thousandths
    expect(Math.abs(Math.sqrt(squares) - slope)).toBeLessThan(0.05 * slope + 0.01)
  }
  // what was scaled for a pass is not scaled for the next one
  expect(again).toEqual(found)
  const plain = await model.statistics?.({ texts: [text] }, quietCall())
  expect(found?.nats).toBeCloseTo(plain?.nats ?? 0, 4)
})

it('Calibrate gives them to Fisher mask nodes, and says what stands for what', { timeout: 120_000 }, async () => {
  const context = testContext()
  const rows = texts.map(({ prompt, continuation }) => ({ prompt: prompt.text, answer: continuation.trim() }))
  const { outputs } = await runNode(calibrate, {
    inputs: { data: { name: 'sums', columns: ['prompt', 'answer'], rows } },
    params: { model: toyRef('toy-math'), measure: 'masks' },
    context: { ...context, models: { ...context.models, open: (ref) => pool.open(ref) } },
  })
  const { blob, approximation, quantities } = outputs.statistics as { blob: string; approximation: string; quantities: string[] }
  expect([approximation, quantities]).toEqual([expect.stringContaining('in place of one for each head'), ['units', 'heads']])
  const table = decodeTable(await context.blobs.get(blob))
  expect(table.get('blk.2.attn_q.weight', 'heads')).toHaveLength(1)
  expect(table.get('blk.3.ffn_down.weight', 'units')?.[0]).toBeGreaterThanOrEqual(0)
})

it('a stop ends measuring within one text, and the model goes on answering', { timeout: 120_000 }, async () => {
  const model = await pool.open(toyRef('toy-base'))
  const stop = new AbortController()
  const many = Array.from({ length: 400 }, () => texts).flat()
  let told = 0
  const measuring = model.statistics?.(
    { texts: many },
    {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'prompt-progress' && ++told === 2) stop.abort()
      },
    },
  )
  await expect(measuring).rejects.toThrow()
  // what was told before the stop came there still comes in
  expect(told).toBeLessThan(many.length / 4)
  expect((await model.statistics?.({ texts }, quietCall()))?.tokens).toBeGreaterThan(10)
})
