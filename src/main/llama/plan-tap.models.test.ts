import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { ModelMemory } from '../models/host-protocol'
import type { ModelStatistics, StatisticsRequest } from '../models/model'
import type { OwnedModelPool } from '../models/pool'
import { createToyPool, quietCall, toyRef } from '../models/testing'
import { gramBytes } from './plan-tap'

/** Looking into a model takes memory like any other context: planned before the load, reserved, told, and given back. */
let pool: OwnedModelPool
const folder = mkdtempSync(join(tmpdir(), 'tap-'))
afterEach(() => pool.close())
afterAll(() => rmSync(folder, { recursive: true }))

const model = toyRef('toy-math')
const request: StatisticsRequest = { texts: [{ prompt: { kind: 'text', text: 'one plus two is three.' } }] }
const measure = async (more: Partial<StatisticsRequest> = {}, events: string[] = []): Promise<ModelStatistics> => {
  const opened = await pool.open(model)
  if (!opened.statistics) throw new Error('a local model can be looked into')
  return opened.statistics({ ...request, ...more }, { ...quietCall(), onEvent: ({ type }) => void events.push(type) })
}
const mebibytes = (n: number): number => n * 2 ** 20

describe('what a look into a model takes', () => {
  it('is refused before anything is loaded where it can never fit', async () => {
    pool = await createToyPool({ memoryBytes: mebibytes(2) })
    const events: string[] = []
    await expect(measure({}, events)).rejects.toMatchObject({
      code: 'out-of-memory',
      message: expect.stringMatching(/^Looking into "toy-math"/),
    })
    expect(events).not.toContain('load-start')
    const activations = pool.local.activations(model, { prompts: [{ kind: 'text', text: 'one' }], tensors: ['attn_norm-*'] }, quietCall())
    await expect(activations).rejects.toMatchObject({ code: 'out-of-memory' })
  })

  it('is reserved while it lasts, told, and given back; Gram matrices that are asked for count', async () => {
    let peak = 0
    const total = (models: readonly ModelMemory[]): number => models.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
    pool = await createToyPool({}, (models) => {
      peak = Math.max(peak, total(models))
    })
    const path = join(folder, 'grams')
    const taken = async (width: number): Promise<number> => {
      peak = 0
      const { inputs } = await measure(width > 0 ? { grams: { width, path } } : {})
      expect(inputs.some(({ gramAt }) => gramAt !== undefined)).toBe(width > 0)
      return peak - (await pool.local.status(quietCall())).memoryBytes
    }
    const plain = await taken(0)
    expect(plain).toBeGreaterThan(mebibytes(4))
    expect(await taken(0)).toBe(plain)
    // the widest of them; those of four layers of width 128, 320 inside the feed-forward part, and of the head are in the file
    expect((await taken(4096)) - plain).toBe(gramBytes({ embeddingDimensions: 128, feedForward: 320 }, 4096))
    expect(statSync(path).size).toBe(4 * (4 * (3 * 128 ** 2 + 320 ** 2) + 128 ** 2))
  })

  it('waits for no one where the weights fit and the context does not: it is refused', async () => {
    pool = await createToyPool({ memoryBytes: mebibytes(4) })
    const events: string[] = []
    await expect(measure({}, events)).rejects.toMatchObject({
      code: 'out-of-memory',
      message: expect.stringMatching(/no room for looking into "toy-math"/),
    })
    expect(events).toContain('load-end')
  })
})
