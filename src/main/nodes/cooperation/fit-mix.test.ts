import { describe, expect, it } from 'vitest'
import type { Dataset, ModelRef } from '../../../shared/value'
import type { ScoreRequest, TokenPrediction } from '../../models/model'
import { runNode } from '../testing'
import fitMix from './fit-mix'

const model = (name: string, vocabulary?: string): ModelRef => ({ backend: 'fake', id: name, name, ...(vocabulary ? { vocabulary } : {}) })
const rowsOf = (count: number): Dataset => ({
  name: 'dev',
  columns: ['prompt', 'answer'],
  rows: Array.from({ length: count }, (_, i) => ({ prompt: i % 2 === 0 ? 'sum:' : 'fact:', answer: `${i}` })),
})

/** "toy-math" knows sums and is sure of them, "toy-facts" facts; what they do not know they find unlikely, and say so. */
function world(tokensOf: (model: string) => number = () => 2) {
  const asked: ScoreRequest[] = []
  const open = async (ref: ModelRef) => ({
    ref,
    scoreAll: async (requests: readonly ScoreRequest[]) =>
      requests.map((request) => {
        asked.push(request)
        const knows = (request.prompt.kind === 'text' && request.prompt.text === 'sum:') === (ref.name === 'toy-math')
        const one: TokenPrediction = knows ? { nats: 0.05, entropy: 0.2 } : { nats: 4, entropy: 2.5 }
        const tokens = tokensOf(ref.name)
        return [{ logprob: -tokens * one.nats, tokens, steps: Array.from({ length: tokens }, () => one) }]
      }),
  })
  const context = { models: { call: { signal: new AbortController().signal }, decode: () => Promise.reject(new Error('unused')), open } }
  return { asked, context: context as never }
}
const params = { first: model('toy-math'), second: model('toy-facts') }

describe('fitting a mix', () => {
  it('gives shares that beat both models and halves on rows that were kept out', async () => {
    const { asked, context } = world()
    const { outputs } = await runNode(fitMix, { inputs: { data: rowsOf(24) }, params, context })
    const { tokens, perplexity } = outputs.report as { tokens: object; perplexity: Record<string, number> }
    expect(tokens).toEqual({ fitted: 36, test: 12 })
    expect(perplexity.confidence).toBeLessThan(1.1)
    expect(perplexity.halves).toBeGreaterThan(2)
    expect(Math.min(perplexity.first as number, perplexity.second as number)).toBeGreaterThan(perplexity.halves as number)
    expect(outputs.a as number).toBeLessThan(0)
    expect(outputs.b as number).toBeGreaterThan(0)
    expect((outputs.weights as number[]).reduce((sum, weight) => sum + weight)).toBe(1)
    expect(asked[0]).toEqual({ prompt: { kind: 'text', text: 'sum:' }, continuations: [' 0'], end: true, steps: true })
  })

  it('refuses too few rows, and models of two vocabularies, before reading where it is known', async () => {
    const { asked, context } = world((name) => (name === 'toy-math' ? 2 : 3))
    await expect(runNode(fitMix, { inputs: { data: rowsOf(3) }, params, context })).rejects.toThrow(/3 rows; a mix is fitted on at least 4/)
    const two = { first: model('toy-math', 'x'), second: model('toy-facts', 'y') }
    await expect(runNode(fitMix, { inputs: { data: rowsOf(8) }, params: two, context })).rejects.toThrow(/cut text into different tokens/)
    expect(asked).toHaveLength(0)
    await expect(runNode(fitMix, { inputs: { data: rowsOf(8) }, params, context })).rejects.toThrow(/cut text into different tokens/)
  })
})
