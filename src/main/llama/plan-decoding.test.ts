import { describe, expect, it } from 'vitest'
import type { DistributionExpression } from '../../shared/expression'
import { type ModelOutline, memoryOf, planDecoding } from './plan-decoding'

const mebibyte = 2 ** 20
const outline = (id: string, more: Partial<ModelOutline> = {}): ModelOutline => ({
  id,
  name: id,
  sizeBytes: 100 * mebibyte - 1000 * 170, // its tokens take the rest
  contextTokens: 8192,
  vocabularySize: 1000,
  hasMerges: false,
  embeddingDimensions: 64,
  attentionHeads: 4,
  feedForward: 256,
  hasFloatWeights: false,
  architecture: 'llama',
  cache: { layers: 16, heads: 8, keys: 64, values: 64 }, // 25,088 bytes a token at the least
  ...more,
})
const lm = (id: string, text: string): DistributionExpression => ({
  op: 'lm',
  model: { backend: 'llama-cpp', id, name: id },
  prompt: { kind: 'text', text },
})
const mix = (...models: DistributionExpression[]): DistributionExpression => ({ op: 'linear-mix', inputs: { models }, params: {} })
const plan = (expression: DistributionExpression, maxTokens: number, budget: number, models: readonly ModelOutline[], limit = 8192) =>
  planDecoding(models, { expression, maxTokens }, { contextTokens: limit, budgetBytes: budget * mebibyte, onCpu: true })
const refusal = (...of: Parameters<typeof plan>): string => {
  try {
    plan(...of)
    return 'fits'
  } catch (thrown) {
    const { code, message, hint } = thrown as { code: string; message: string; hint: string }
    return `${code}: ${message} ${hint}`
  }
}

describe('what a program needs, before anything is loaded', () => {
  it('counts weights, and a context for every model with every prompt', () => {
    const one = [outline('a')]
    expect(refusal(lm('a', 'x'), 256, 130, one)).toBe('fits')
    // 4096 cells × 25,088 bytes = 98 MiB
    expect(refusal(lm('a', 'x'), 4000, 180, one)).toMatch(
      /^out-of-memory: "a" does not fit into 180 MiB: weights of 100 MiB, and at least \d\d+ MiB for a context of up to 4000 new tokens\. Ask for fewer tokens/,
    )
    expect(refusal(lm('a', 'x'), 4000, 220, one)).toBe('fits')
    expect(refusal(mix(lm('a', 'x'), lm('a', 'y')), 4000, 220, one)).toMatch(/2 contexts/)
    expect(refusal(mix(lm('a', 'x'), lm('a', 'x')), 4000, 220, one)).toBe('fits') // the same leaf twice is read once
  })

  it('names all models, and says to take smaller ones where their weights alone are too much', () => {
    expect(refusal(mix(lm('a', 'x'), lm('b', 'x')), 16, 150, [outline('a'), outline('b')])).toMatch(
      /"a" and "b" do not fit into 150 MiB together: weights of 200 MiB.*Choose smaller models/,
    )
  })

  it('counts the context of a drafter', () => {
    const [expression, models] = [lm('a', 'x'), [outline('a'), outline('b', { sizeBytes: mebibyte })]]
    const drafter = { drafter: 'model', model: { backend: 'llama-cpp' as const, id: 'b', name: 'b' }, params: {} }
    const limits = { contextTokens: 8192, budgetBytes: 230 * mebibyte, onCpu: true }
    expect(() => planDecoding(models, { expression, maxTokens: 4000 }, limits)).not.toThrow()
    expect(() => planDecoding(models, { expression, maxTokens: 4000, drafter }, limits)).toThrow(/2 contexts/)
  })

  it('counts a lane of its own for a model that drafts for itself, and the rows and ways of what is drafted', () => {
    const [expression, models] = [lm('a', 'x'), [outline('a')]]
    const bytes = (drafter?: Parameters<typeof memoryOf>[1]['drafter']): number =>
      memoryOf(models, { expression, maxTokens: 1000, ...(drafter && { drafter }) }, { contextTokens: 8192, onCpu: true }).contextBytes
    const own = { drafter: 'model', model: { backend: 'llama-cpp' as const, id: 'a', name: 'a' }, params: {} }
    const plain = bytes()
    expect(bytes({ drafter: 'ngram', params: { most: 64 } })).toBe(plain + 2 ** 10 * (25_088 + 2 * 512) + 4 * 1000 * 61) // 1,066 tokens need 2,048 cells, and a mask of as many; 65 rows
    expect(bytes({ drafter: 'ngram', params: { most: 1 } })).toBe(plain)
    expect(bytes(own)).toBeGreaterThan(1.9 * plain)
    expect(() => bytes({ drafter: 'magic', params: {} })).toThrow(/no drafter called/)
  })

  it('never counts more than a context may hold, and nothing where a file does not say what it keeps', () => {
    expect(refusal(lm('a', 'x'), 1_000_000, 130, [outline('a')], 512)).toBe('fits')
    expect(refusal(lm('a', 'x'), 1_000_000, 130, [outline('a', { contextTokens: 512 })])).toBe('fits')
    expect(refusal(lm('a', 'x'), 1_000_000, 101, [outline('a', { cache: undefined })])).toBe('fits')
  })
})
