import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ModelStatistics, StatisticsRequest } from '../models/model'
import type { OwnedModelPool } from '../models/pool'
import { createToyPool, quietCall, toyRef } from '../models/testing'

/** Texts that share a pass see nothing of each other: what flows through the model is what flows when each is read alone. */
let pool: OwnedModelPool
let folder: string
beforeAll(async () => {
  pool = await createToyPool()
  folder = mkdtempSync(join(tmpdir(), 'flow-'))
})
afterAll(async () => {
  await pool.close()
  rmSync(folder, { recursive: true })
})

const texts = Array.from({ length: 21 }, (_, i) => ({
  prompt: { kind: 'text', text: `${['one', 'two', 'three'][i % 3]} plus ${['four', 'five'][i % 2]} is` },
  ...(i % 4 === 0 ? {} : { continuation: ' nine.' }),
})) as StatisticsRequest['texts']

interface Flow {
  readonly found: ModelStatistics
  readonly grams: Float32Array
}

async function flowOf(some: StatisticsRequest['texts']): Promise<Flow> {
  const model = await pool.open(toyRef('toy-math'))
  const path = join(folder, 'grams')
  const found = await model.statistics?.({ texts: some, grams: { width: 128, path } }, quietCall())
  if (found === undefined) throw new Error('a local model can be looked into')
  const bytes = readFileSync(path)
  return { found, grams: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)) }
}

it('sums over texts read side by side are those over texts read one by one', { timeout: 120_000 }, async () => {
  const together = await flowOf(texts)
  const alone: Flow[] = []
  for (const text of texts) alone.push(await flowOf([text]))
  const total = (of: (flow: Flow) => number): number => alone.reduce((sum, flow) => sum + of(flow), 0)
  expect(together.found.tokens).toBe(total(({ found }) => found.tokens))
  expect(together.found.scored).toBe(total(({ found }) => found.scored))
  // keys and values are kept in 16 bits: their rounding is another in a pass of another size
  const like = (value: number, unit = value) => expect.closeTo(value / unit, 2)
  expect(together.found.nats / total(({ found }) => found.nats)).toEqual(like(1))
  expect(together.found.entropy / total(({ found }) => found.entropy)).toEqual(like(1))
  for (const [index, input] of together.found.inputs.entries()) {
    const energy = total(({ found }) => found.inputs[index]?.squares[3] ?? Number.NaN)
    expect([input.weights, (input.squares[3] as number) / energy]).toEqual([input.weights, like(1)])
    if (input.gramAt === undefined) continue
    const at = input.gramAt / 4 + 3 * input.width
    // the diagonal is the energy, and off it stands the sum of products
    expect((together.grams[at + 3] as number) / energy).toEqual(like(1))
    const product = total(({ grams }) => grams[at + 5] as number)
    expect((together.grams[at + 5] as number) / energy).toEqual(like(product, energy))
  }
})

it('without what comes out, and of chosen matrices alone, the sums of what flows in are the same', { timeout: 120_000 }, async () => {
  const model = await pool.open(toyRef('toy-math'))
  const flow = async (more: Partial<StatisticsRequest>): Promise<ModelStatistics> => {
    const found = await model.statistics?.({ texts, ...more }, quietCall())
    if (found === undefined) throw new Error('a local model can be looked into')
    return found
  }
  const [all, inputs, one] = [await flow({}), await flow({ outputs: false }), await flow({ outputs: false, weights: ['blk.1.ffn_down.*'] })]
  expect(inputs).toEqual({ ...all, outputs: [] })
  const isAsked = ({ weights: [weight = ''] }: { readonly weights: readonly string[] }): boolean =>
    /^(blk\.1\.ffn_down|output)\.weight/.test(weight)
  expect(one).toEqual({ ...all, outputs: [], inputs: all.inputs.filter(isAsked) })
  expect(all.inputs.some(({ weights }) => weights.length === 3)).toBe(true)
})
