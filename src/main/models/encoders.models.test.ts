import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createJudge } from '../nodes/cooperation/judge'
import { testContext } from '../nodes/testing'
import type { OwnedModelPool } from './pool'
import { createToyPool, quietCall, toyRef } from './testing'

interface Row {
  readonly prompt: string
  readonly answer: string
  readonly context?: readonly string[]
  readonly question?: string
}
const evalSet = (name: string): Row[] =>
  readFileSync(`resources/toys/eval/${name}.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)

describe('encoders that read pairs', () => {
  let pool: OwnedModelPool
  beforeAll(async () => {
    pool = await createToyPool()
  })
  afterAll(() => pool.close())

  it('say what their head tells apart, and give one score for each label', async () => {
    const model = await pool.open(toyRef('toy-nli'))
    const described = await model.describe(quietCall())
    expect(described.labels).toEqual(['entailment', 'neutral', 'contradiction'])
    expect([described.canEmbed, described.canDistribution]).toEqual([false, false])
    const rows = await model.readPairs([{ first: 'the red key is in oslo.', second: 'the red key is in oslo.' }], quietCall())
    expect(rows.map((row) => row.length)).toEqual([3])
    expect((await (await pool.open(toyRef('toy-reranker'))).describe(quietCall())).labels).toEqual(['relevance'])
  })

  it('give a pair the same scores alone and among others', async () => {
    const model = await pool.open(toyRef('toy-nli'))
    const pairs = ['oslo', 'rome', 'the garden'].map((place) => ({
      first: 'the red key is in oslo.',
      second: `the red key is in ${place}.`,
    }))
    const together = await model.readPairs(pairs, quietCall())
    for (const [i, pair] of pairs.entries()) {
      const [alone] = await model.readPairs([pair], quietCall())
      for (const [label, score] of alone!.entries()) expect(together[i]![label]).toBeCloseTo(score, 3)
    }
  })

  it('judge entailment as an NLI verifier does: 85 % of held-out pairs right, as good as the best toy language model', async () => {
    const judge = await createJudge(
      toyRef('toy-nli'),
      { format: 'auto', calibrate: false },
      testContext({
        models: {
          open: () => pool.open(toyRef('toy-nli')),
          call: quietCall(),
          decode: () => Promise.reject(new Error('nothing is written')),
          decodeAll: () => Promise.reject(new Error('nothing is written')),
        },
      }),
    )
    const rows = evalSet('entail')
    let right = 0
    for (const { prompt, answer } of rows) {
      const [, premise, claim] = /^premise: (.*) claim: (.*) label:$/.exec(prompt)!
      const { entailment, neutral, contradiction } = await judge(premise!, claim!)
      const most = Math.max(entailment, neutral, contradiction)
      right += Number({ yes: entailment, unknown: neutral, no: contradiction }[answer] === most)
    }
    expect(right / rows.length).toBeGreaterThanOrEqual(0.85)
  })

  it('put the passage that answers a question first', async () => {
    const model = await pool.open(toyRef('toy-reranker'))
    const rows = evalSet('reading').filter(({ context, answer }) => (context?.length ?? 0) > 1 && answer !== 'unknown')
    let first = 0
    for (const { context, question, answer } of rows) {
      const scores = await model.readPairs(
        context!.map((second) => ({ first: question!.replace(/^q: | a:$/g, ''), second })),
        quietCall(),
      )
      const best = context![scores.reduce((top, [score], i) => (score! > scores[top]![0]! ? i : top), 0)]
      first += Number(best === answer)
    }
    expect(rows.length).toBeGreaterThan(80)
    expect(first / rows.length).toBeGreaterThanOrEqual(0.95)
  })

  it('are refused where they cannot do what is asked, with a sentence', async () => {
    const pair = [{ first: 'a', second: 'b' }]
    await expect((await pool.open(toyRef('toy-base'))).readPairs(pair, quietCall())).rejects.toMatchObject({ code: 'model-unsupported' })
    await expect((await pool.open(toyRef('toy-nli'))).embed(['a'], quietCall())).rejects.toMatchObject({ code: 'model-unsupported' })
    const long = [{ first: 'the red key is in oslo. '.repeat(30), second: 'a' }]
    await expect((await pool.open(toyRef('toy-nli'))).readPairs(long, quietCall())).rejects.toMatchObject({ code: 'context-overflow' })
  })
})
