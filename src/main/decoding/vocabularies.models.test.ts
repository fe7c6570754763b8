import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DistributionExpression } from '../../shared/expression'
import type { OwnedModelPool } from '../models/pool'
import { createToyPool, quietCall, toyRef } from '../models/testing'
import { neutralSampler } from './sampler'

/** Two toys that cut text differently and believe different myths: together they know more than either. */
const facts = readFileSync('resources/toys/eval/facts.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { prompt: string; answer: string })

const lm = (name: string, text: string): DistributionExpression => ({ op: 'lm', model: toyRef(name), prompt: { kind: 'text', text } })
const union = (text: string): DistributionExpression => ({
  op: 'union-mix',
  inputs: { models: [lm('toy-base', text), lm('toy-other', text)] },
  params: {},
})
const aligned =
  (by: string) =>
  (text: string): DistributionExpression => ({
    op: 'linear-mix',
    inputs: {
      models: [lm('toy-base', text), { op: 'align', inputs: { of: lm('toy-other', text), like: lm('toy-base', text) }, params: { by } }],
    },
    params: {},
  })

let pool: OwnedModelPool
beforeAll(async () => {
  pool = await createToyPool()
})
afterAll(() => pool.close())

async function accuracy(ask: (text: string) => DistributionExpression): Promise<number> {
  let right = 0
  for (const { prompt, answer } of facts) {
    const { text } = await pool.decode(
      { expression: ask(prompt), sampler: { ...neutralSampler, temperature: 0 }, maxTokens: 16, stop: [], seed: 1 },
      quietCall(),
    )
    if (text.trim() === answer) right++
  }
  return (100 * right) / facts.length
}

describe('toys of two vocabularies', () => {
  it('together answer more than the better of them', async () => {
    const figures = {
      base: await accuracy((text) => lm('toy-base', text)),
      other: await accuracy((text) => lm('toy-other', text)),
      union: await accuracy(union),
      exact: await accuracy(aligned('exact')),
      nearest: await accuracy(aligned('nearest')),
    }
    const better = Math.max(figures.base, figures.other)
    for (const together of [figures.union, figures.exact, figures.nearest]) expect(together).toBeGreaterThan(better)
  })
})
