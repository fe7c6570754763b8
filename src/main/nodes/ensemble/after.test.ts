import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candidate, ModelRef } from '../../../shared/value'
import type { LanguageModel } from '../../models/model'
import { createCatalog } from '../catalog'
import { runNode, type TestRun, testModel } from '../testing'
import { boundedPairs } from './rankers/pairwise'

const run = async (type: string, given: TestRun) => (await runNode(createCatalog().get(type)!, given)).outputs
const texts = (...all: string[]): Candidate[] => all.map((text) => ({ text }))
const model = (name: string): ModelRef => ({ ...testModel, id: `fake/${name}`, name })

describe('candidates', () => {
  it('are gathered in order, named, and once each where asked', async () => {
    const inputs = { texts: ['The tower.', 'tower', 'bridge'], candidates: [[{ text: 'moat', score: 1 }]] }
    expect((await run('gather-candidates', { inputs, params: { sources: 'small, large' } })).candidates).toEqual([
      { text: 'The tower.', source: 'small' },
      { text: 'tower', source: 'large' },
      { text: 'bridge', source: 'source 3' },
      { text: 'moat', score: 1 },
    ])
    expect((await run('gather-candidates', { inputs, params: { distinct: true } })).candidates).toHaveLength(3)
  })
  it('give the best by rank, then score, then log-probability, then order', async () => {
    const best = async (candidates: Candidate[]) => (await run('best-candidate', { inputs: { candidates } })).text
    expect(
      await best([
        { text: 'a', rank: 2 },
        { text: 'b', rank: 1 },
      ]),
    ).toBe('b')
    expect(
      await best([
        { text: 'a', score: 0.1 },
        { text: 'b', score: 0.9 },
      ]),
    ).toBe('b')
    expect(
      await best([
        { text: 'a', logprob: -4, tokens: 1 },
        { text: 'b', logprob: -6, tokens: 3 },
      ]),
    ).toBe('b')
    expect(await best(texts('a', 'b'))).toBe('a')
    await expect(run('best-candidate', { inputs: { candidates: [] } })).rejects.toMatchObject({ code: 'data-empty' })
    await expect(
      run('best-candidate', {
        inputs: {
          candidates: [
            { text: 'a', score: 0.5 },
            { text: 'b', score: 0.45 },
          ],
        },
        params: { least: 0.1 },
      }),
    ).rejects.toMatchObject({ code: 'node-failed' })
  })
})

describe('the vote', () => {
  it('goes to the most common answer, and those who decline count against it', async () => {
    const voted = await run('majority-vote', { inputs: { candidates: texts('Paris.', 'paris', 'Rome', 'unknown') } })
    expect(voted).toMatchObject({ text: 'Paris.', share: 0.5 })
    expect(voted.candidates).toMatchObject([
      { rank: 1, score: 0.5 },
      { rank: 2, score: 0.25 },
    ])
  })
  it('compares numbers, first lines or similar words', async () => {
    const vote = async (same: string, ...all: string[]) =>
      (await run('majority-vote', { inputs: { candidates: texts(...all) }, params: { same } })).share
    expect(await vote('number', 'so it is 1,200', '1200', 'about 3 of 1200.0')).toBeCloseTo(2 / 3)
    expect(await vote('first-line', 'yes\nbecause', 'Yes.\nwell', 'no')).toBeCloseTo(2 / 3)
    expect(await vote('similar', 'the old tower of Velm', 'old tower of Velm town', 'a cheese')).toBeCloseTo(2 / 3)
  })
  it('weighs sources, and fails below the least share', async () => {
    const candidates = [
      { text: 'yes', source: 'x' },
      { text: 'no', source: 'y' },
      { text: 'no', source: 'z' },
    ]
    expect((await run('majority-vote', { inputs: { candidates }, params: { weigh: 'source', weights: { x: 5 } } })).text).toBe('yes')
    await expect(run('majority-vote', { inputs: { candidates }, params: { least: 0.9 } })).rejects.toMatchObject({ code: 'node-failed' })
    await expect(run('majority-vote', { inputs: { candidates: texts('unknown') } })).rejects.toMatchObject({ code: 'data-empty' })
  })
})

describe('the ranker', () => {
  /** Likes long answers, and whatever stands first a little. */
  const judge: Partial<LanguageModel> = {
    ref: testModel,
    describe: async () => ({ hasChatTemplate: true, labels: [] as readonly string[] }) as Awaited<ReturnType<LanguageModel['describe']>>,
    scoreContinuations: async ({ prompt, continuations }) => {
      if (prompt.kind === 'text') return continuations.map((text) => ({ logprob: -1, tokens: text.length }))
      const [, first = '', second = ''] = /Answer A: (.*)\n\nAnswer B: (.*)\n/.exec(prompt.messages[0]!.content) ?? []
      const p = 1 / (1 + Math.exp(-(first.length - second.length + 0.5)))
      return continuations.map((answer) => ({ logprob: Math.log(answer === 'A' ? p : answer === 'B' ? 1 - p : 1e-9), tokens: 1 }))
    },
  }
  it.each(['max-logits', 'max-wins', 'copeland', 'bradley-terry'])(
    'compares pairs in both orders, so that no place is favoured (%s)',
    async (rule) => {
      const ranked = await run('ranker', {
        inputs: { candidates: texts('bb', 'a', 'dddd', 'ccc', 'bb'), question: 'q' },
        params: { method: 'pairwise', model: testModel, rule },
        model: judge,
      })
      expect((ranked.candidates as Candidate[]).map(({ text }) => text)).toEqual(['dddd', 'ccc', 'bb', 'bb', 'a'])
      expect((ranked.candidates as Candidate[])[2]!.rank).toBe((ranked.candidates as Candidate[])[3]!.rank)
      expect(ranked.best).toBe('dddd')
    },
  )
  it('by likeness to the others needs nothing else', async () => {
    const { best } = await run('ranker', {
      inputs: { candidates: texts('dogs bark loudly', 'a cat sat on a mat', 'the cat sat on the mat') },
    })
    expect(best).toBe('a cat sat on a mat')
    expect((await run('ranker', { inputs: { candidates: texts('alone') } })).candidates).toEqual([{ text: 'alone', score: 1, rank: 1 }])
  })
  it('asks for what its method needs', async () => {
    const candidates = texts('a', 'b')
    await expect(run('ranker', { inputs: { candidates: [] } })).rejects.toMatchObject({ code: 'data-empty' })
    await expect(run('ranker', { inputs: { candidates, question: 'q' }, params: { method: 'pairwise' } })).rejects.toMatchObject({
      place: { port: 'model' },
    })
    await expect(run('ranker', { inputs: { candidates }, params: { method: 'likelihood', model: testModel } })).rejects.toMatchObject({
      place: { port: 'question' },
    })
    await expect(run('ranker', { inputs: { candidates }, params: { method: 'entailment', model: testModel } })).rejects.toMatchObject({
      place: { port: 'documents' },
    })
  })
  it('never compares a pair twice, and everyone about equally often when comparisons are few', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 80 }), (n, most) => {
        const pairs = boundedPairs(n, most)
        const names = pairs.map(([i, j]) => [i, j].sort((a, b) => a - b).join())
        expect(new Set(names).size).toBe(names.length)
        expect(pairs.every(([i, j]) => i !== j)).toBe(true)
        expect(pairs.length).toBe(Math.min(most, (n * (n - 1)) / 2))
      }),
    )
  })
})

describe('models that write', () => {
  const written: { model: string; prompt: string; seed: number }[] = []
  const answers: Record<string, { text: string; logprob: number }> = {
    small: { text: ' maybe', logprob: Math.log(0.3) },
    large: { text: ' Paris', logprob: Math.log(0.9) },
    shy: { text: ' unknown', logprob: 0 },
  }
  const models = {
    open: async (ref: ModelRef) => ({
      ref,
      describe: async () => ({ hasChatTemplate: false, labels: [] }),
      tokenize: async (text: string) => text.split(/\s+/),
      surprisal: async () => [
        { text: 'a', nats: 0 },
        { text: 'b', nats: ref.name === 'large' ? 1 : 2 },
      ],
    }),
    call: { signal: new AbortController().signal },
    decode: async ({ expression, seed }: { expression: { model: ModelRef; prompt: { text: string } }; seed: number }) => {
      written.push({ model: expression.model.name, prompt: expression.prompt.text, seed })
      return { ...answers[expression.model.name], tokens: 1, finish: 'end' }
    },
  }
  const context = { models } as unknown as NonNullable<TestRun['context']>
  const all = [model('small'), model('large')]

  it('in a cascade: the first that is sure answers', async () => {
    const ask = (threshold: number, given = all) =>
      run('cascade', { inputs: { prompt: 'q', models: given }, params: { threshold }, context })
    expect(await ask(0.5)).toMatchObject({ text: 'Paris', asked: 2, model: { name: 'large' } })
    expect(await ask(0.2)).toMatchObject({ text: 'maybe', asked: 1 })
    expect(await ask(0)).toMatchObject({ asked: 1 })
    expect(await ask(1.01)).toMatchObject({ text: 'Paris', asked: 2 })
    expect(await ask(0.5, [model('shy'), model('large')])).toMatchObject({ text: 'Paris', asked: 2 })
    await expect(ask(0.5, [])).rejects.toMatchObject({ code: 'data-empty' })
  })
  it('in a cascade by agreement: samples with different seeds, and agreement is sureness', async () => {
    written.length = 0
    const { asked, report } = await run('cascade', {
      inputs: { prompt: 'q', models: all },
      params: { sureness: 'agreement', samples: 3 },
      context,
    })
    expect(asked).toBe(1)
    expect(new Set(written.map(({ seed }) => seed)).size).toBe(3)
    expect(report).toMatchObject([{ sureness: 1 }])
  })
  it('behind a router: the least surprised, the one with the words, or one by the seed', async () => {
    const route = async (params: object, prompt = 'q', seed = 1) =>
      (await run('router', { inputs: { prompt, models: all }, params: { ...params }, context: { ...context, seed } })).choice
    expect(await route({})).toBe(1)
    const rules = [['plus', 'minus', '+'], ['capital']]
    expect(await route({ method: 'words', rules }, 'what is 3 plus 4?')).toBe(0)
    expect(await route({ method: 'words', rules }, '3 + 4')).toBe(0)
    expect(await route({ method: 'words', rules }, 'The Capital?')).toBe(1)
    expect(await route({ method: 'words', rules }, 'hello')).toBe(1)
    expect(await route({ method: 'random' }, 'q', 0)).toBe(0)
    expect(await route({ method: 'random' }, 'q', 2 ** 32 - 1)).toBe(1)
    await expect(route({ method: 'words', rules: 'x' })).rejects.toMatchObject({ code: 'input-type' })
  })
  it('fusing: the best few, in order of rank, each cut; one answer alone is passed on', async () => {
    written.length = 0
    const long = Array.from({ length: 40 }, (_, index) => `w${index}`).join(' ')
    const candidates = [
      { text: 'third', rank: 3 },
      { text: long, rank: 1 },
      { text: 'second', rank: 2 },
    ]
    const { text, used } = await run('fusion-model', {
      inputs: { candidates, question: 'Q {{candidates}}' },
      params: { model: model('large'), k: 2, length: 10 },
      context,
    })
    expect(text).toBe('Paris')
    expect((used as Candidate[]).map(({ rank }) => rank)).toEqual([1, 2])
    const { prompt } = written[0]!
    expect(prompt).toContain('Question: Q {{candidates}}')
    expect(prompt).toMatch(/\[1\] w0 [\s\S]*w\d…\n\[2\] second/)
    expect(
      await run('fusion-model', {
        inputs: { candidates: texts('same', 'same '), question: 'q' },
        params: { model: model('large') },
        context,
      }),
    ).toMatchObject({ text: 'same' })
    expect(written).toHaveLength(1)
    await expect(
      run('fusion-model', { inputs: { candidates: [], question: 'q' }, params: { model: model('large') }, context }),
    ).rejects.toMatchObject({ code: 'data-empty' })
  })
})
