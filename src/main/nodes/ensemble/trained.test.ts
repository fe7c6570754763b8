import { describe, expect, it } from 'vitest'
import type { Candidate, Dataset, ModelRef } from '../../../shared/value'
import { runNode } from '../testing'
import correctionVote from './correction-vote'
import recordJudge from './record-judge'
import sqlVote from './sql-vote'
import trainRouter from './train-router'
import trainedRouter from './trained-router'

const model = (name: string): ModelRef => ({ backend: 'fake', id: name, name })
const [small, large] = [model('small'), model('large')]
const questions = ['what is 2 plus 3?', 'what is 4 plus 1?', 'what is the capital of france?', 'name the capital of spain']
const records: Dataset = {
  name: 'past',
  columns: ['question', 'small', 'large'],
  rows: questions.map((question, i) => ({ question, small: Number(i < 2), large: Number(i >= 2) })),
}
const learnt = async (method: string): Promise<unknown> =>
  (await runNode(trainRouter, { inputs: { records }, params: { method } })).outputs.router
const chosen = async (router: unknown, prompt: unknown, params = {}) =>
  (await runNode(trainedRouter, { inputs: { prompt, models: [small, large], router }, params })).outputs

describe('a trained router', () => {
  it('chooses by what each way of learning found, from data that may be saved', async () => {
    for (const method of ['score', 'reward', 'difficulty', 'clusters']) {
      const router = JSON.parse(JSON.stringify(await learnt(method)))
      expect([method, (await chosen(router, 'what is 5 plus 5?')).choice]).toEqual([method, 0])
      expect([method, (await chosen(router, 'the capital of italy?')).model]).toEqual([method, large])
    }
  })
  it('lets costs and a budget have a say', async () => {
    const router = await learnt('score')
    const list = ['what is the capital of france?', 'name the capital of spain', 'what is 2 plus 3?']
    expect((await chosen(router, list)).choices).toEqual([1, 1, 0])
    expect((await chosen(router, list, { costs: { large: 1 }, lambda: 5 })).choices).toEqual([0, 0, 0])
    const within = (await chosen(router, list, { costs: { small: 1, large: 3 }, budget: 5 })).choices as number[]
    expect(within.filter((choice) => choice === 1)).toHaveLength(1)
    await expect(chosen(router, list, { costs: { small: 1, large: 3 }, budget: 2 })).rejects.toThrow(/does not pay for the cheapest/)
  })
  it('says what is wrong with what it is given', async () => {
    await expect(runNode(trainRouter, { inputs: { records: { ...records, rows: [] } } })).rejects.toThrow(/no past answers/)
    await expect(runNode(trainRouter, { inputs: { records }, params: { models: 'huge' } })).rejects.toThrow(/no column "huge"/)
    await expect(runNode(trainRouter, { inputs: { records }, params: { method: 'difficulty', models: 'small' } })).rejects.toThrow(
      /two models/,
    )
    await expect(chosen({ router: 'magic' }, 'x')).rejects.toThrow(/not what a router learnt/)
    const router = await learnt('score')
    await expect(runNode(trainedRouter, { inputs: { prompt: 'x', models: [model('other')], router } })).rejects.toThrow(
      /learnt nothing of other/,
    )
  })
})

describe('a judge by record', () => {
  const rows = Array.from({ length: 12 }, (_, i) => {
    const isSum = i % 2 === 0
    const answers = { 'a answer': isSum ? '5' : 'rome', 'b answer': isSum ? 'seven' : 'paris' }
    return {
      question: isSum ? `what is ${i} plus 1?` : 'which city?',
      a: Number(isSum),
      b: Number(!isSum),
      'a sureness': isSum ? 0.9 : 0.3,
      'b sureness': 0.6,
      ...answers,
    }
  })
  const past: Dataset = { name: 'past', columns: Object.keys(rows[0] ?? {}), rows }
  const candidates: Candidate[] = [
    { text: '9', source: 'a', score: 0.9 },
    { text: 'nine', source: 'b', score: 0.6 },
  ]
  it('takes the answer that such answers bear out, and may decline', async () => {
    const { outputs } = await runNode(recordJudge, { inputs: { question: 'what is 4 plus 5?', candidates, records: past } })
    expect(outputs).toMatchObject({ text: '9', declined: false })
    const strict = await runNode(recordJudge, {
      inputs: { question: 'what is 4 plus 5?', candidates, records: past },
      params: { least: 1 },
    })
    expect(strict.outputs.declined).toBe((strict.outputs.share as number) < 1)
    await expect(runNode(recordJudge, { inputs: { question: 'x', candidates: [], records: past } })).rejects.toThrow(/no answers/)
    const unknown = [{ text: 'x', source: 'c' }]
    await expect(runNode(recordJudge, { inputs: { question: 'x', candidates: unknown, records: past } })).rejects.toThrow(/no column "c"/)
  })
})

describe('a vote by SQL results', () => {
  const numbers: Dataset = { name: 'numbers', columns: ['n'], rows: [{ n: 1 }, { n: 2 }] }
  const vote = async (queries: readonly string[], params = {}) =>
    (await runNode(sqlVote, { inputs: { candidates: queries.map((text) => ({ text })), tables: [numbers] }, params })).outputs
  it('counts equal rows in any order, but not where an order was asked for', async () => {
    const outputs = await vote(['SELECT n FROM numbers', 'SELECT n FROM numbers WHERE n < 9 -- same', 'SELECT broken'])
    expect([outputs.agreed, outputs.share]).toEqual([true, 2 / 3])
    expect(outputs.result).toEqual({ name: 'result', columns: ['n'], rows: [{ n: 1 }, { n: 2 }] })
    const ordered = await vote(['SELECT n FROM numbers ORDER BY n', 'SELECT n FROM numbers ORDER BY n DESC'])
    expect([ordered.agreed, ordered.query]).toEqual([false, ''])
  })
  it('runs nothing that writes, reaches a file or takes too long', async () => {
    const { report, agreed } = await vote(
      [
        'DROP TABLE numbers',
        "ATTACH DATABASE '/tmp/x.db' AS x",
        'PRAGMA journal_mode = WAL',
        'WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t) SELECT count(*) FROM t',
      ],
      { timeoutMs: 500 },
    )
    expect(agreed).toBe(false)
    for (const row of (report as { error?: string }[]).slice(0, 2)) expect(row.error).toBeTypeOf('string')
    expect((report as { error?: string }[])[3]?.error).toMatch(/longer than 0.5 s/)
  })
})

describe('a vote on a correction', () => {
  it('reads one opinion a line, and what it cannot read trusts the text', async () => {
    const opinions = ['2: the dose is 5 mg.', '2. the dose is 5 mg.', 'I am not sure', '9: no such sentence', '2) the dose is 5 mg.']
    const { outputs } = await runNode(correctionVote, {
      inputs: { sentences: ['she is well.', 'the dose is 50 mg.'], candidates: opinions.map((text) => ({ text })) },
    })
    expect(outputs).toEqual({ text: 'she is well. the dose is 5 mg.', sentence: 2, correction: 'the dose is 5 mg.', share: 0.6 })
  })
})
