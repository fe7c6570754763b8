import { describe, expect, it } from 'vitest'
import type { Claim, Document, IndexRef, Score, Verdict } from '../../../shared/value'
import type { LanguageModel } from '../../models/model'
import type { RunContext } from '../../node-runtime'
import { createCatalog } from '../catalog'
import { runNode, type TestRun, testContext, testModel } from '../testing'
import { evidenceUnits } from './evidence'

const run = async (type: string, given: TestRun) => (await runNode(createCatalog().get(type)!, given)).outputs
const documents: Document[] = [
  { id: 'keys.md', title: 'Keys', text: 'The red key is in Oslo. It is old.\n\nThe blue key is in Rome.' },
  { id: 'cats.md', title: 'Cats', text: 'Cats sleep all day. They hunt at night.' },
]

/** A judge of words: yes if the evidence has every word of the claim, no if it has all but the last, else unknown; and it counts how often it is asked. */
function wordJudge() {
  const asked: string[] = []
  const model: Partial<LanguageModel> = {
    ref: testModel,
    describe: async () =>
      ({ hasChatTemplate: false, contextTokens: 64, labels: [] as readonly string[] }) as Awaited<ReturnType<LanguageModel['describe']>>,
    scoreContinuations: async ({ prompt, continuations }) => {
      const text = prompt.kind === 'text' ? prompt.text : prompt.messages.map(({ content }) => content).join('\n')
      asked.push(text)
      const [, evidence = '', claim = ''] = /Evidence: ([\s\S]*?)\n+Statement: ([\s\S]*?)\n/.exec(text) ?? []
      const words = claim.toLowerCase().match(/\w+/g) ?? []
      const there = words.map((word) => evidence.toLowerCase().includes(word))
      const label = there.every(Boolean) ? 'yes' : there.slice(0, -1).every(Boolean) ? 'no' : 'unknown'
      return continuations.map((answer) => ({
        logprob: answer.trim().toLowerCase() === label ? Math.log(0.45) : Math.log(0.01),
        tokens: 1,
      }))
    },
  }
  return { model, asked }
}

/** Vectors that count letters: enough to tell keys from cats. */
const letters: Partial<LanguageModel> = {
  embed: async (texts) =>
    texts.map((text) => Float32Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => text.toLowerCase().split(letter).length - 1)),
}
const claims = (...texts: string[]): Claim[] => texts.map((text, index) => ({ id: `c${index + 1}`, text }))

describe('the retriever', () => {
  it('finds passages, with scores and places in their documents', async () => {
    const found = (await run('retriever', { inputs: { query: 'Where is the red key?', documents }, params: { size: 6, overlap: 0 } }))
      .documents as Document[]
    expect(found[0]).toMatchObject({ of: 'keys.md', text: 'The red key is in Oslo.', title: 'Keys' })
    for (const { of, start, end, text } of found) expect(documents.find(({ id }) => id === of)!.text.slice(start, end)).toBe(text)
    expect(found.map(({ score }) => score!)).toEqual([...found.map(({ score }) => score!)].sort((a, b) => b - a))
  })
  it('gives nothing for an empty query, and at most k', async () => {
    expect((await run('retriever', { inputs: { query: ' ', documents } })).documents).toEqual([])
    expect((await run('retriever', { inputs: { query: 'key', documents }, params: { size: 6, k: 1 } })).documents).toHaveLength(1)
  })
  it.each(['dense', 'hybrid'])('searches by %s with an embedding model, and asks for one', async (method) => {
    const inputs = { query: 'cats sleeping', documents }
    const found = (await run('retriever', { inputs, params: { method, embedder: testModel, size: 8, overlap: 0 }, model: letters }))
      .documents as Document[]
    expect(found.length).toBeGreaterThan(0)
    await expect(run('retriever', { inputs, params: { method } })).rejects.toMatchObject({
      code: 'input-missing',
      place: { port: 'embedder' },
    })
  })
  it('gives from an index what it gives from documents, whatever the method', async () => {
    const context: RunContext = testContext({}, letters)
    const params = { size: 6, overlap: 0 }
    const { index } = (await run('index-documents', { inputs: { documents }, params: { ...params, embedder: testModel }, context })) as {
      index: IndexRef
    }
    expect(index).toMatchObject({ passages: 5, documents: 2, embedder: testModel })
    for (const method of ['bm25', 'dense', 'hybrid']) {
      const ask = (inputs: Record<string, unknown>) =>
        run('retriever', { inputs: { query: 'blue key', ...inputs }, params: { ...params, method, embedder: testModel }, context })
      expect(await ask({ index })).toEqual(await ask({ documents }))
    }
  })
  it('says what is missing or empty', async () => {
    await expect(run('retriever', { inputs: { query: 'x' } })).rejects.toMatchObject({ code: 'input-missing' })
    await expect(run('retriever', { inputs: { query: 'x', documents: [] } })).rejects.toMatchObject({ code: 'data-empty' })
    await expect(run('index-documents', { inputs: { documents: [{ id: 'a', text: '...' }] } })).rejects.toMatchObject({
      code: 'data-empty',
    })
    const context = testContext()
    const { index } = await run('index-documents', { inputs: { documents }, context })
    await expect(run('retriever', { inputs: { query: 'x', index }, params: { method: 'dense' }, context })).rejects.toMatchObject({
      code: 'input-type',
    })
  })
  it('keys the index by content', async () => {
    const keyOf = async (params: object, given = documents) =>
      ((await run('index-documents', { inputs: { documents: given }, params: { ...params } })).index as IndexRef).key
    expect(await keyOf({})).toBe(await keyOf({}))
    expect(await keyOf({ size: 7 })).not.toBe(await keyOf({}))
    expect(await keyOf({}, documents.slice(1))).not.toBe(await keyOf({}))
  })
})

describe('the NLI verifier', () => {
  it('supports, refutes or does not know, each with its evidence', async () => {
    const { model } = wordJudge()
    const { verdicts, scores } = (await run('nli-verifier', {
      inputs: { claims: claims('the red key is in oslo', 'the blue key is in paris', 'dogs bark'), documents },
      params: { model: testModel },
      model,
    })) as { verdicts: Verdict[]; scores: Score[] }
    expect(verdicts.map(({ label }) => label)).toEqual(['supported', 'refuted', 'unknown'])
    // of three claims the FActScore is small, and says why
    expect(scores.find(({ name }) => name === 'FActScore')?.value).toBeCloseTo(Math.exp(1 - 10 / 3) / 3, 10)
    expect(scores.find(({ name }) => name === 'FActScore')?.says).toContain('e^(1 − 10/3)')
    expect(scores.find(({ name }) => name === 'supported share')?.says).toBe('1 of 3 claims')
    expect(verdicts[0]!.evidence[0]).toMatchObject({ document: 'keys.md', title: 'Keys', text: 'The red key is in Oslo.' })
    expect(verdicts[1]!.evidence[0]!.text).toContain('blue key')
    expect(Object.fromEntries(scores.map(({ name, value }) => [name, value]))).toMatchObject({
      'supported share': 1 / 3,
      supported: 1,
      refuted: 1,
      unknown: 1,
    })
  })
  it('without documents knows nothing, without claims says nothing, and asks nobody', async () => {
    const { model, asked } = wordJudge()
    const without = await run('nli-verifier', { inputs: { claims: claims('x y'), documents: [] }, params: { model: testModel }, model })
    expect(without.verdicts).toMatchObject([{ label: 'unknown', evidence: [] }])
    const nothing = await run('nli-verifier', { inputs: { claims: [], documents }, params: { model: testModel }, model })
    expect(nothing.verdicts).toEqual([])
    expect((nothing.scores as { name: string }[]).map(({ name }) => name)).toEqual(['supported', 'refuted', 'unknown'])
    expect(asked).toEqual([])
  })
  it('asks each question once, and only about the pieces that share most with the claim', async () => {
    const { model, asked } = wordJudge()
    await run('nli-verifier', {
      inputs: { claims: claims('the red key', 'the red key'), documents },
      params: { model: testModel, most: 1 },
      model,
    })
    expect(asked).toHaveLength(1)
  })
  it.each(['plain', 'chat', 'letters'])('asks in the form %s', async (format) => {
    const { model, asked } = wordJudge()
    await run('nli-verifier', {
      inputs: { claims: claims('the red key is in oslo'), documents: [documents[0]] },
      params: { model: testModel, format, most: 1, calibrate: true },
      model,
    })
    expect(asked.length).toBe(format === 'letters' ? 6 : 2)
  })
  it('stops when it is told to', async () => {
    const stop = new AbortController()
    stop.abort(new Error('stopped'))
    const { model } = wordJudge()
    await expect(
      run('nli-verifier', {
        inputs: { claims: claims('a b'), documents },
        params: { model: testModel },
        model,
        context: { signal: stop.signal },
      }),
    ).rejects.toThrow('stopped')
  })
  it('cuts evidence into sentences, windows or passages, each piece once', () => {
    expect(evidenceUnits(documents, 'sentence')).toHaveLength(5)
    expect(evidenceUnits(documents, 'window')).toHaveLength(2)
    expect(evidenceUnits([...documents, ...documents], 'passage')).toHaveLength(2)
    expect(evidenceUnits([{ id: 'a', text: ' ' }], 'passage')).toEqual([])
  })
})

describe('the detector', () => {
  const answer = 'The red key is in Oslo. The green key is in Berlin. Is that so?'
  it('finds claims and doubts those that the documents do not say', async () => {
    const found = (await run('detector', { inputs: { answer, documents }, params: { threshold: 0.9 } })) as {
      claims: Claim[]
      suspects: Claim[]
      scores: { value: number }[]
    }
    expect(found.claims.map(({ text }) => text)).toEqual(['The red key is in Oslo.', 'The green key is in Berlin.'])
    expect(found.suspects.map(({ text }) => text)).toEqual(['The green key is in Berlin.'])
  })
  it.each(['entailment', 'chunks'])('by %s trusts what a judge supports', async (method) => {
    const { model } = wordJudge()
    const { scores } = (await run('detector', { inputs: { answer, documents }, params: { method, model: testModel }, model })) as {
      scores: { value: number }[]
    }
    expect(scores[0]!.value).toBeGreaterThan(0.8)
    expect(scores[1]!.value).toBeLessThan(0.6)
  })
  it('by samples compares with other answers, and knows nothing without any', async () => {
    const { model } = wordJudge()
    const samples = [{ text: 'The red key is in Oslo.' }, { text: 'The red key is in Oslo, I think.' }]
    const { scores } = (await run('detector', { inputs: { answer, samples }, params: { method: 'samples', model: testModel }, model })) as {
      scores: { name: string; value: number }[]
    }
    expect(scores[0]!.value).toBeGreaterThan(0.9)
    expect(
      (await run('detector', { inputs: { answer, samples: [] }, params: { method: 'samples', model: testModel }, model })).scores,
    ).toEqual([])
  })
  it('asks for what its method needs', async () => {
    await expect(run('detector', { inputs: { answer } })).rejects.toMatchObject({ code: 'input-missing', place: { port: 'documents' } })
    await expect(run('detector', { inputs: { answer, documents }, params: { method: 'entailment' } })).rejects.toMatchObject({
      place: { port: 'model' },
    })
    await expect(run('detector', { inputs: { answer }, params: { method: 'samples', model: testModel } })).rejects.toMatchObject({
      place: { port: 'samples' },
    })
  })
  it('of an answer that claims nothing says nothing', async () => {
    expect(await run('detector', { inputs: { answer: 'I do not know.', documents } })).toMatchObject({
      claims: [],
      suspects: [],
      scores: [],
      report: { mean: null },
    })
  })
})

describe('the compressor', () => {
  /** Words are tokens, and long words surprise. */
  const words: Partial<LanguageModel> = {
    describe: async () => ({ contextTokens: 8, labels: [] as readonly string[] }) as Awaited<ReturnType<LanguageModel['describe']>>,
    tokenize: async (text) => (text.match(/\s*\S+/g) ?? []).map((_, index) => index),
    surprisal: async (text) => (text.match(/\s*\S+/g) ?? []).map((token) => ({ text: token, nats: token.trim().length })),
  }
  it('keeps the sentences that the question is about', async () => {
    const { text, report } = await run('compressor', { inputs: { documents, question: 'Where is the red key?' }, params: { share: 0.35 } })
    expect(text).toBe('The red key is in Oslo.')
    expect(report).toMatchObject({ tokensBefore: 23, tokensAfter: 6 })
  })
  it('measures texts longer than the model’s context in parts', async () => {
    const long = 'a bb ccc dddd eeeee ffffff g hh iii jjjj kkkkk llllll m nn ooo pppp qqqqq rrrrrr'
    const { text } = await run('compressor', {
      inputs: { text: long },
      params: { method: 'self-information', level: 'word', budget: 'tokens', tokens: 3, model: testModel },
      model: words,
    })
    expect(text).toBe('ffffff llllll rrrrrr')
  })
  it('changes nothing within the budget, and warns when more is protected than fits', async () => {
    expect(
      (await run('compressor', { inputs: { documents, question: 'q' }, params: { budget: 'tokens', tokens: 1000 } })).documents,
    ).toEqual(documents)
    const { warnings, outputs } = await runNode(createCatalog().get('compressor')!, {
      inputs: { text: '1 2 3 4 word' },
      params: { method: 'self-information', level: 'word', share: 0.2, model: testModel },
      model: words,
    })
    expect(outputs.text).toBe('1 2 3 4')
    expect(warnings).toHaveLength(1)
  })
  it('says what is missing', async () => {
    await expect(run('compressor', { inputs: {} })).rejects.toMatchObject({ code: 'input-missing' })
    await expect(run('compressor', { inputs: { documents } })).rejects.toMatchObject({ place: { port: 'question' } })
    await expect(run('compressor', { inputs: { documents }, params: { method: 'self-information' } })).rejects.toMatchObject({
      place: { port: 'model' },
    })
  })
})
