import { describe, expect, it } from 'vitest'
import type { Dataset } from '../../../shared/value'
import { runNode } from '../testing'
import disperse from './disperse-dataset'

const rows = [
  ...Array.from({ length: 12 }, (_, i) => ({ prompt: `compute the sum of ${i} and ${i + 1}`, answer: 'n' })),
  ...Array.from({ length: 8 }, (_, i) => ({ prompt: `which capital city has country number ${i}x`, answer: 'c' })),
]
const data: Dataset = { name: 'd', columns: ['prompt', 'answer'], rows }
const partsOf = async (params: Record<string, unknown>): Promise<{ parts: Dataset[]; sizes: string }> =>
  (await runNode(disperse, { inputs: { data }, params })).outputs as unknown as { parts: Dataset[]; sizes: string }

describe('disperse', () => {
  it('puts every row in exactly one part, like ones together', async () => {
    const { parts, sizes } = await partsOf({ count: 2 })
    expect(parts.flatMap((part) => part.rows)).toHaveLength(rows.length)
    expect(new Set(parts.flatMap((part) => part.rows.map(({ prompt }) => prompt))).size).toBe(rows.length)
    expect(
      sizes
        .split(', ')
        .map(Number)
        .toSorted((a, b) => a - b),
    ).toEqual([0.4, 0.6])
    for (const part of parts) expect(new Set(part.rows.map(({ answer }) => answer)).size).toBe(1)
  })
  it('is the same for the same seed, and never has empty parts', async () => {
    expect(await partsOf({ count: 3 })).toEqual(await partsOf({ count: 3 }))
    const { parts } = await partsOf({ count: 64 })
    expect(parts.every((part) => part.rows.length > 0)).toBe(true)
  })
  it('tells a column that is not there, and no rows', async () => {
    await expect(partsOf({ column: 'question' })).rejects.toMatchObject({ code: 'input-type' })
    await expect(runNode(disperse, { inputs: { data: { ...data, rows: [] } } })).rejects.toMatchObject({ code: 'data-empty' })
  })
})
