import { describe, expect, it } from 'vitest'
import type { Candidate, Dataset, Document, ModelRef } from '../../../shared/value'
import { createCatalog } from '../catalog'
import { runNode, type TestRun, testModel } from '../testing'
import { createLearnt } from './records-of'

const run = async (type: string, given: TestRun) => (await runNode(createCatalog().get(type)!, given)).outputs
const model = (name: string): ModelRef => ({ ...testModel, id: `fake/${name}`, name })
const table = (rows: Record<string, string | number | null>[]): Dataset => ({ name: 't', columns: Object.keys(rows[0] ?? {}), rows })

describe('the router by records', () => {
  const records = table([
    { question: 'add 3 and 4', math: 1, facts: 0 },
    { question: 'add 2 and 9', math: 1, facts: 0 },
    { question: 'capital of France', math: 0, facts: 1 },
    { question: 'capital of Spain', math: '0', facts: 'true' },
  ])
  const models = [model('math'), model('facts')]
  const route = (prompt: string, params: object = {}) =>
    run('record-router', { inputs: { prompt, models, records }, params: { k: 2, ...params } })

  it('asks what happened to questions like this one', async () => {
    expect(await route('add 5 and 6')).toMatchObject({ choice: 0, model: { name: 'math' } })
    expect(await route('what is the capital of Peru')).toMatchObject({ choice: 1 })
  })
  it('lets the whole table decide when nothing is alike, and costs count', async () => {
    expect((await route('xyzzy')).scores).toEqual([
      { name: 'math', value: 0.5 },
      { name: 'facts', value: 1 / 3 },
    ])
    expect(await route('add 5 and 6', { costs: { math: 5 }, lambda: 1 })).toMatchObject({ choice: 1 })
  })
  it('names a missing column', async () => {
    await expect(route('x', { column: 'prompt' })).rejects.toMatchObject({
      code: 'input-unknown',
      message: expect.stringContaining('prompt'),
    })
    await expect(run('record-router', { inputs: { prompt: 'x', models: [model('other')], records } })).rejects.toThrow('other')
    await expect(run('record-router', { inputs: { prompt: 'x', models: [], records } })).rejects.toMatchObject({ code: 'data-empty' })
  })
})

describe('router scores', () => {
  it('are the mean height of the curve', async () => {
    const points = [
      [1, 0.4],
      [2, 0.55],
      [3, 0.5],
      [4, 0.7],
      [6, 0.68],
      [8, 0.8],
    ].map(([cost, quality]) => ({ cost: cost!, quality: quality! }))
    expect((await run('router-scores', { inputs: { dataset: table(points) } })).aiq).toBeCloseTo(0.675, 9)
    await expect(run('router-scores', { inputs: { dataset: table([{ cost: 'x', quality: 1 }]) } })).rejects.toThrow('Row 1')
    await expect(run('router-scores', { inputs: { dataset: { name: 't', columns: [], rows: [] } } })).rejects.toMatchObject({
      code: 'data-empty',
    })
  })
})

describe('combining rankings', () => {
  const scored = (...scores: number[]): Candidate[] => ['a', 'b', 'c'].map((text, index) => ({ text, score: scores[index]! }))
  const rankings = [scored(1, 2.2, 0.9), scored(1.4, 0.1, 1), scored(0.6, 1, 0.95)]
  const best = async (rule: string, scale = false) =>
    (await run('combine-rankings', { inputs: { rankings }, params: { rule, scale } })).best

  it('follows its rule, as by hand', async () => {
    expect(await best('mean')).toBe('b')
    expect(await best('worst')).toBe('c')
    expect(await best('uncertainty')).toBe('c')
    expect(await best('median')).toBe('a')
    expect(await best('ranks')).toBe('b')
  })
  it('knows a candidate by source and text, whatever the order', async () => {
    const turned = rankings.map((ranking, index) => (index === 1 ? [...ranking].reverse() : ranking))
    expect(await run('combine-rankings', { inputs: { rankings: turned } })).toEqual(await run('combine-rankings', { inputs: { rankings } }))
  })
  it('refuses rankings of other candidates, and none', async () => {
    await expect(run('combine-rankings', { inputs: { rankings: [scored(1, 2, 3), [{ text: 'z', score: 1 }]] } })).rejects.toThrow(
      'Ranking 2',
    )
    await expect(run('combine-rankings', { inputs: { rankings: [[]] } })).rejects.toMatchObject({ code: 'data-empty' })
  })
})

describe('agreement of three', () => {
  const agree = async (first: string, second: string, third: string, params: object = {}) =>
    run('agree-of-three', { inputs: { first, second, third }, params: { ...params } })
  it('keeps what is borne out, in the words of its source', async () => {
    expect(await agree('Paris.', 'the paris', 'Rome')).toEqual({ text: 'Paris.', agreed: true })
    expect(await agree('Rome', 'Paris!', 'paris')).toEqual({ text: 'Paris!', agreed: true })
    expect(await agree('the cat sat on the mat', 'a cat sat on a mat!', 'dogs bark')).toMatchObject({ agreed: true })
    expect(await agree('a b c d', 'b c x', 'y z c')).toMatchObject({ agreed: true })
    expect(await agree('one', 'two', 'three')).toEqual({ text: '', agreed: false })
    expect(await agree('a b c d', 'b c x', 'y z c', { strict: true })).toMatchObject({ agreed: false })
    await expect(agree('one', 'two', 'three', { fail: true })).rejects.toMatchObject({ code: 'node-failed' })
  })
})

describe('retrieval scores', () => {
  const passage = (of: string): Document => ({ id: `${of}#0`, of, text: 'x' })
  const dataset = table([
    { question: 'q', document: 'a, b' },
    { question: 'r', document: 'c' },
    { question: 's', document: '' },
  ])
  it('are means over the questions that have right documents', async () => {
    const { scores } = await run('retrieval-scores', {
      inputs: { dataset, found: [[passage('a'), passage('a'), passage('x')], [passage('x')], []] },
      params: { k: 2 },
    })
    const named = Object.fromEntries((scores as { name: string; value: number }[]).map(({ name, value }) => [name, value]))
    expect(named).toMatchObject({ 'recall@2': 0.25, 'precision@2': 0.25, MRR: 0.5, questions: 2 })
  })
  it('say what does not fit together', async () => {
    await expect(run('retrieval-scores', { inputs: { dataset, found: [] } })).rejects.toMatchObject({ code: 'input-type' })
    await expect(run('retrieval-scores', { inputs: { dataset, found: [[], [], []] }, params: { column: 'z' } })).rejects.toMatchObject({
      code: 'input-unknown',
    })
  })
})

describe('the passage mixture', () => {
  const context = {
    models: { open: async () => ({ describe: async () => ({ hasChatTemplate: false }) }), call: { signal: new AbortController().signal } },
  } as unknown as NonNullable<TestRun['context']>
  const mix = (documents: Document[], params: object = {}) =>
    run('passage-mixture', {
      inputs: { documents, question: 'q' },
      params: { model: testModel, prompt: '{{text}} {{question}}', ...params },
      context,
    })
  it('reads each passage by itself, weighted by its score', async () => {
    const { distribution, weights } = await mix([
      { id: 'a', text: 'A', score: 0.9 },
      { id: 'b', text: 'B', score: 0.5 },
    ])
    expect((weights as { value: number }[]).map(({ value }) => Number(value.toFixed(6)))).toEqual([0.598688, 0.401312])
    expect(distribution).toMatchObject({ op: 'linear-mix', inputs: { models: [{ prompt: { text: 'A q' } }, { prompt: { text: 'B q' } }] } })
  })
  it('weighs all alike without scores, and needs neither two passages nor one', async () => {
    expect(
      (
        await mix([
          { id: 'a', text: 'A' },
          { id: 'b', text: 'B', score: 3 },
        ])
      ).weights,
    ).toEqual([
      { name: 'a', value: 0.5 },
      { name: 'b', value: 0.5 },
    ])
    expect((await mix([{ id: 'a', text: 'A' }])).distribution).toMatchObject({ op: 'lm', prompt: { text: 'A q' } })
    expect((await mix([])).distribution).toMatchObject({ op: 'lm', prompt: { text: ' q' } })
  })
})

describe('what is learnt from a table', () => {
  it('is learnt once for the same table and settings, and anew for others', () => {
    const learnt = createLearnt<number>()
    let times = 0
    const learn = () => ++times
    const [one, other] = [table([{ question: 'a', math: 1 }]), table([{ question: 'a', math: 1 }])]
    expect([learnt(one, [1, ['a']], learn), learnt(one, [1, ['a']], learn)]).toEqual([1, 1])
    expect(learnt(one, [2, ['a']], learn)).toBe(2)
    expect(learnt(one, [1, ['a']], learn)).toBe(3)
    expect([learnt(other, [1, ['a']], learn), learnt(one, [1, ['a']], learn)]).toEqual([4, 3])
  })
})
