import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Candidate, Document, Verdict } from '../../shared/value'
import type { OwnedModelPool } from '../models/pool'
import { createToyPool, quietCall, toyProgram, toyRef } from '../models/testing'
import type { NodeModels } from '../node-runtime'
import { createResources } from '../resources'
import { createCatalog } from './catalog'
import { runNode } from './testing'

/** What the nodes do with real, if tiny, models: the figures that resources/toys/README.md reports must be reached. */

interface Item {
  readonly prompt: string
  readonly answer: string
  readonly short?: string
  readonly skill: string
  readonly context?: readonly string[]
  readonly question?: string
}

let pool: OwnedModelPool
let models: NodeModels
beforeAll(async () => {
  pool = await createToyPool()
  models = {
    open: (ref) => pool.open(ref),
    call: quietCall(),
    decode: (program) => pool.decode(program, quietCall()),
    decodeAll: (programs) => pool.decodeAll(programs, quietCall()),
  }
})
afterAll(() => pool.close())

const items = (set: string, most = 1000): Item[] =>
  readFileSync(resolve(`resources/toys/eval/${set}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .slice(0, most)
    .map((line) => JSON.parse(line) as Item)
const run = async (type: string, inputs: Record<string, unknown>, params: Record<string, unknown> = {}) =>
  (await runNode(createCatalog().get(type)!, { inputs, params, context: { models } })).outputs
const write = async (toy: string, prompt: string) => (await pool.decode(toyProgram(toy, prompt), quietCall())).text.trim()
const isRight = (text: string, { answer, short }: Item) => text === answer || text === short
const share = (values: readonly boolean[]) => values.filter(Boolean).length / values.length
const asDocuments = (context: readonly string[]): Document[] => context.map((text, index) => ({ id: `s${index}`, text }))

describe('the NLI verifier with toy-reader as judge', () => {
  const asClaim = (text: string, { question = '' }: Item) => {
    if (text.endsWith('.')) return text
    const object = /the (\w+ \w+)\?/.exec(question)?.[1] ?? ''
    return question.includes('who has') ? `${text} has the ${object}.` : `the ${object} is in ${text}.`
  }
  const judged: { right: boolean; label: Verdict['label']; whole: Verdict['label'] }[] = []
  beforeAll(async () => {
    for (const item of items('reading').filter(({ answer }) => answer !== 'unknown')) {
      const text = await write('toy-base', item.prompt)
      const claims = [{ id: 'c1', text: asClaim(text, item) }]
      const verify = async (documents: Document[], by: string) =>
        ((await run('nli-verifier', { claims, documents }, { model: toyRef('toy-reader'), by, most: 0 })).verdicts as Verdict[])[0]!.label
      judged.push({
        right: isRight(text, item),
        label: await verify(asDocuments(item.context!), 'sentence'),
        whole: await verify([{ id: 'd', text: item.context!.join(' ') }], 'passage'),
      })
    }
  })

  it('sentence by sentence keeps right answers and throws out most wrong ones', () => {
    const right = judged.filter((answer) => answer.right)
    const wrong = judged.filter((answer) => !answer.right)
    const kept = judged.filter(({ label }) => label === 'supported')
    expect(share(right.map(({ label }) => label === 'supported'))).toBeGreaterThanOrEqual(0.97)
    expect(share(wrong.map(({ label }) => label !== 'supported'))).toBeGreaterThanOrEqual(0.86)
    expect(share(kept.map((answer) => answer.right))).toBeGreaterThanOrEqual(0.9)
  })
  it('is much weaker on a whole passage at once, which is why a sentence is the default', () => {
    const wrong = judged.filter((answer) => !answer.right)
    expect(share(wrong.map(({ whole }) => whole !== 'supported'))).toBeLessThan(
      share(wrong.map(({ label }) => label !== 'supported')) - 0.3,
    )
  })
})

describe('the retriever on the toy world', () => {
  it('finds the one sentence that answers each question', async () => {
    const table = { put: () => {}, find: () => undefined, findByPath: () => undefined, list: () => [], remove: () => {} }
    const resources = createResources({ table, samplesFolder: resolve('resources/samples'), dataFolder: '' })
    const signal = quietCall().signal
    const documents = await resources.documents('sample:toy-world', signal)
    const { rows } = await resources.dataset('sample:toy-questions', signal)
    const index = (await run('index-documents', { documents }, { by: 'sentences', size: 8, overlap: 0 })) as { passages: Document[] }
    expect(index.passages.length).toBeGreaterThan(70)
    const found: boolean[] = []
    const answered: boolean[] = []
    for (const { question, answer, short } of rows) {
      const hits = (await run('retriever', { query: question, documents }, { size: 8, overlap: 0, k: 2 })).documents as Document[]
      found.push(hits[0]!.text === answer)
      const text = await write('toy-reader', `context: ${hits.map((hit) => hit.text).join(' ')} q: ${String(question)} a:`)
      answered.push(text === answer || text === short)
    }
    expect(share(found)).toBe(1)
    expect(share(answered)).toBeGreaterThanOrEqual(0.8)
  })
})

describe('routing', () => {
  it('by perplexity of the prompt sends nearly every prompt to the model that can answer it', async () => {
    const experts = ['toy-facts', 'toy-math', 'toy-reader'].map(toyRef)
    const mixed = [...items('facts', 30), ...items('math', 30), ...items('reading', 30), ...items('entail', 30)]
    const routed: boolean[] = []
    for (const item of mixed) {
      const { model } = (await run('router', { prompt: item.prompt, models: experts })) as { model: { name: string } }
      routed.push(isRight(await write(model.name, item.prompt), item))
    }
    expect(share(routed)).toBeGreaterThanOrEqual(0.9)
  })
})

describe('a cascade', () => {
  it('from the drafter to the expert is nearly as right as the expert, and asks it for less than four in five', async () => {
    const mixed = [...items('facts', 25), ...items('math', 40), ...items('copy', 30), ...items('reading', 30)]
    const expertOf = ({ skill }: Item) => ({ facts: 'toy-facts', math: 'toy-math', reading: 'toy-reader' })[skill] ?? 'toy-base'
    const results: { small: boolean; right: boolean; asked: number }[] = []
    for (const item of mixed) {
      const { text, asked } = (await run(
        'cascade',
        { prompt: item.prompt, models: [toyRef('toy-draft'), toyRef(expertOf(item))] },
        { threshold: 0.9, maxTokens: 24 },
      )) as {
        text: string
        asked: number
      }
      results.push({ small: isRight(await write('toy-draft', item.prompt), item), right: isRight(text, item), asked })
    }
    const small = share(results.map((result) => result.small))
    const right = share(results.map((result) => result.right))
    const escalated = share(results.map(({ asked }) => asked === 2))
    expect(right).toBeGreaterThanOrEqual(0.92)
    expect(right).toBeGreaterThan(small + 0.25)
    expect(escalated).toBeLessThan(0.8)
  })
})

describe('the ranker', () => {
  const candidatesOf = async (item: Item): Promise<Candidate[]> =>
    Promise.all(['toy-liar', 'toy-facts', 'toy-base'].map(async (source) => ({ source, text: await write(source, item.prompt) })))
  it('by likelihood under toy-facts prefers the true answer to the myth', async () => {
    const right: boolean[] = []
    for (const item of items('facts', 30)) {
      const { best } = await run(
        'ranker',
        { candidates: await candidatesOf(item), question: item.prompt },
        { method: 'likelihood', model: toyRef('toy-facts') },
      )
      right.push(best === item.answer)
    }
    expect(share(right)).toBeGreaterThanOrEqual(0.95)
  })
  it('by support of documents prefers what they say', async () => {
    const right: boolean[] = []
    for (const item of items('reading', 20).filter(({ answer, context }) => answer !== 'unknown' && context!.length > 1)) {
      const wrong = item
        .context!.find((sentence) => sentence !== item.answer)!
        .replace(/the \w+ \w+/, /the \w+ \w+/.exec(item.answer)?.[0] ?? '')
      const candidates = [{ text: wrong }, { text: item.answer }]
      const { best } = await run(
        'ranker',
        { candidates, documents: asDocuments(item.context!) },
        { method: 'entailment', model: toyRef('toy-reader') },
      )
      if (wrong !== item.answer) right.push(best === item.answer)
    }
    expect(share(right)).toBeGreaterThanOrEqual(0.85)
  })
})

describe('the detector', () => {
  it.each([
    ['words', 0.99],
    ['entailment', 0.7],
    ['likelihood', 0.75],
  ])('by %s suspects the claim whose place is wrong', async (method, threshold) => {
    const found: boolean[] = []
    for (const item of items('reading', 25).filter(({ answer, context }) => /^the .* is in /.test(answer) && context!.length > 1)) {
      const place = /in (\w+)\.$/.exec(item.answer)?.[1]
      const wrong = item.answer.replace(/in \w+\.$/, `in ${['oslo', 'rome', 'paris'].find((city) => city !== place)}.`)
      const { scores } = (await run(
        'detector',
        { answer: `${item.answer} ${wrong}`, documents: asDocuments(item.context!) },
        { method, threshold, model: toyRef('toy-reader') },
      )) as {
        scores: { value: number }[]
      }
      found.push(scores[0]!.value > scores[1]!.value)
    }
    expect(share(found)).toBeGreaterThanOrEqual(0.85)
  })
  it('by other answers suspects what is said only once', async () => {
    const { scores } = (await run(
      'detector',
      { answer: 'the red key is in oslo.', samples: ['the red key is in rome.', 'the red key is in rome.'].map((text) => ({ text })) },
      { method: 'samples', model: toyRef('toy-reader') },
    )) as { scores: { value: number }[] }
    const same = (await run(
      'detector',
      { answer: 'the red key is in rome.', samples: [{ text: 'the red key is in rome.' }] },
      { method: 'samples', model: toyRef('toy-reader') },
    )) as {
      scores: { value: number }[]
    }
    expect(scores[0]!.value).toBeLessThan(0.5)
    expect(same.scores[0]!.value).toBeGreaterThan(0.5)
  })
})

describe('the compressor', () => {
  it.each(['self-information', 'surprisal-words', 'question-aware'])(
    'by %s keeps to its budget and drops what toy-base finds least telling',
    async (method) => {
      const documents = [{ id: 'd', text: 'the red key is in oslo. the blue cup is in rome. the green book is in lima.' }]
      const { report } = (await run(
        'compressor',
        { documents, question: 'where is the blue cup?' },
        { method, level: 'word', share: 0.5, model: toyRef('toy-base') },
      )) as { report: { keptShare: number; units: { value: number; kept: boolean }[] } }
      const mean = (kept: boolean) => {
        const values = report.units.filter((unit) => unit.kept === kept).map(({ value }) => value)
        return values.reduce((sum, value) => sum + value, 0) / values.length
      }
      expect(report.keptShare).toBeLessThanOrEqual(0.6)
      expect(mean(true)).toBeGreaterThan(mean(false))
    },
  )
  it('by sentences near the question makes reading easier: fewer sentences, more right answers', async () => {
    const hard = items('reading')
      .filter(({ answer, context }) => answer !== 'unknown' && context!.length === 4)
      .slice(0, 40)
    const before: boolean[] = []
    const after: boolean[] = []
    for (const item of hard) {
      before.push(isRight(await write('toy-reader', item.prompt), item))
      const { text } = await run(
        'compressor',
        { text: item.context!.join(' '), question: item.question!.replace(/^q: | a:$/g, '') },
        { method: 'extractive', share: 0.3 },
      )
      after.push(isRight(await write('toy-reader', `context: ${String(text)} ${item.question}`), item))
    }
    expect(share(after)).toBeGreaterThanOrEqual(share(before) + 0.1)
  })
})

describe('the fusion model', () => {
  it('reads one answer out of several', async () => {
    const { text, used } = await run(
      'fusion-model',
      {
        candidates: [
          { text: 'the red key is in oslo.', rank: 1 },
          { text: 'the blue cup is in rome.', rank: 2 },
        ],
        question: 'where is the red key?',
      },
      { model: toyRef('toy-reader'), template: 'context: {{candidates}} q: {{question}} a:', each: '{{text}}', separator: ' ' },
    )
    expect(text).toMatch(/oslo/)
    expect(used).toHaveLength(2)
  })
})
