import { describe, expect, it } from 'vitest'
import { gramBytes, planTap, tapBytes, waitingBytes } from './plan-tap'

/** vocabulary 1,000, width 10, one layer of one head with keys and values of 10 numbers */
const model = {
  id: 'm',
  name: 'small',
  sizeBytes: 1_000_000,
  contextTokens: 2048,
  vocabularySize: 1000,
  embeddingDimensions: 10,
  cache: { layers: 1, heads: 1, keys: 10, values: 10 },
}
const rows = 4 * 512 * 1000
const cache = 512 * 10 * (2 + 34 / 32)

describe('looking into a model', () => {
  it('takes cache, scratch, rows of logits and sums', () => {
    const shape = { vocabularySize: 1000, embeddingDimensions: 10, cacheBytesPerToken: 40 }
    const scratch = 512 * (512 * 2 + 10 * 96)
    expect(tapBytes(shape, { everyLogit: false, sumsBytes: 0 })).toBe(512 * 40 + scratch + rows)
    expect(tapBytes(shape, { everyLogit: true, sumsBytes: 7 })).toBe(512 * 40 + scratch + 3 * rows + 7)
  })

  it('keeps no products of channels that are too many', () => {
    const widths = { embeddingDimensions: 8, feedForward: 16 }
    expect([0, 7, 8, 15, 16].map((width) => gramBytes(widths, width))).toEqual(
      [0, 0, 4 * 64, 4 * 64, 4 * 256].map((bytes) => bytes && bytes + waitingBytes),
    )
  })

  it('is refused before loading exactly where it can never fit', () => {
    const least = model.sizeBytes + cache + rows
    expect(() => planTap(model, 0, least)).not.toThrow()
    expect(() => planTap(model, 0, least - 1)).toThrow(expect.objectContaining({ code: 'out-of-memory' }))
    expect(() => planTap(model, 1, least)).toThrow(
      /Looking into "small" does not fit into 3 MiB: weights of 1 MiB, at least 2 MiB for a pass of 512 tokens, 1 MiB for what is added up\./,
    )
  })

  it('counts no cache where the header tells of none', () => {
    expect(() => planTap({ ...model, cache: undefined }, 0, model.sizeBytes + rows)).not.toThrow()
  })
})
