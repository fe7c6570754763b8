import { describe, expect, it } from 'vitest'
import { TributaryError } from '../../../shared/errors'
import type { Verdict } from '../../../shared/value'
import { createCatalog } from '../catalog'
import { runNode } from '../testing'

const node = (type: string) => createCatalog().get(type)!
const run = async (type: string, given: Parameters<typeof runNode>[1]) => (await runNode(node(type), given)).outputs
const documents = [
  { id: 'a', title: 'A', text: 'one' },
  { id: 'b', text: 'two', score: 0.5 },
]

describe('simple nodes', () => {
  it('text flows as typed', async () => {
    expect(await run('text', { params: { text: ' a\n' } })).toEqual({ text: ' a\n' })
  })
  it('messages put the instruction first and leave it out when empty', async () => {
    const history = [{ role: 'assistant', content: 'hi' }]
    expect(await run('messages', { inputs: { text: 'x', history }, params: { system: 'Be brief.' } })).toEqual({
      messages: [{ role: 'system', content: 'Be brief.' }, ...history, { role: 'user', content: 'x' }],
    })
    expect(await run('messages', { inputs: { text: 'x' } })).toEqual({ messages: [{ role: 'user', content: 'x' }] })
  })
  it('join and split texts', async () => {
    expect(await run('join-text', { inputs: { texts: ['a', 'b'] }, params: { separator: '-' } })).toEqual({ text: 'a-b' })
    expect(await run('split-text', { inputs: { text: 'a\n\n b ' } })).toEqual({ texts: ['a', 'b'] })
    expect(await run('split-text', { inputs: { text: 'A b. C d.' }, params: { by: 'sentences' } })).toEqual({ texts: ['A b.', 'C d.'] })
    expect(await run('split-text', { inputs: { text: 'a,,b' }, params: { by: 'separator' } })).toEqual({ texts: ['a', 'b'] })
    expect(await run('split-text', { inputs: { text: 'a' }, params: { by: 'separator', separator: '' } })).toEqual({ texts: ['a'] })
  })
  it('documents become text and text becomes documents', async () => {
    expect(await run('documents-to-text', { inputs: { documents } })).toEqual({ text: '[1] A\none\n\n[2] \ntwo' })
    expect(await run('documents-to-text', { inputs: { documents }, params: { each: '{{score}}', limit: 1 } })).toEqual({ text: '' })
    expect(await run('documents-to-text', { inputs: { documents: [] } })).toEqual({ text: '' })
    expect(await run('text-to-documents', { inputs: { texts: ['x y. Z w.'] }, params: { by: 'sentences' } })).toEqual({
      documents: [
        { id: 'text1#0', text: 'x y.', of: 'text1', start: 0, end: 4 },
        { id: 'text1#1', text: 'Z w.', of: 'text1', start: 5, end: 9 },
      ],
    })
  })
})

describe('data', () => {
  const dataset = { name: 't', columns: ['q', 'n'], rows: [{ q: 'x', n: 1 }, { q: 'y' }] }
  it('of a dataset is one column, the first by default', async () => {
    expect(await run('dataset-column', { inputs: { dataset } })).toEqual({ texts: ['x', 'y'] })
    expect(await run('dataset-column', { inputs: { dataset }, params: { column: 'n' } })).toEqual({ texts: ['1', ''] })
  })
  it('that is not there is named, with what is', async () => {
    const failed = await run('dataset-column', { inputs: { dataset }, params: { column: 'z' } }).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(TributaryError)
    expect(failed).toMatchObject({ code: 'input-unknown', hint: 'Its columns are: q, n.' })
  })
  it('nobody chose is asked for, and an empty folder is said to be empty', async () => {
    await expect(run('documents', {})).rejects.toMatchObject({ code: 'input-missing', place: { port: 'source' } })
    const resources = {
      fingerprint: async () => '',
      documents: async () => [],
      dataset: async () => ({ ...dataset, rows: [] }),
      file: async () => Promise.reject(new Error('unused')),
    }
    await expect(run('documents', { params: { source: 'data:x' }, context: { resources } })).rejects.toMatchObject({ code: 'data-empty' })
    await expect(run('dataset', { params: { source: 'data:x' }, context: { resources } })).rejects.toMatchObject({ code: 'data-empty' })
  })
  it('in JSON is found by its path, and what is missing is described', async () => {
    const json = { answers: [{ text: 'a' }, { text: 'b' }] }
    expect(await run('json-pick', { inputs: { json }, params: { path: 'answers[1].text' } })).toEqual({ json: 'b', text: 'b' })
    expect(await run('json-pick', { inputs: { json }, params: { path: 'answers[-1]' } })).toEqual({
      json: { text: 'b' },
      text: '{"text":"b"}',
    })
    expect(await run('json-pick', { inputs: { json: 'So: ```json\n{"a": 1}\n```' }, params: { path: 'a' } })).toEqual({
      json: 1,
      text: '1',
    })
    await expect(run('json-pick', { inputs: { json }, params: { path: 'answers[2].text' } })).rejects.toThrow('answers.2')
    await expect(run('json-pick', { inputs: { json }, params: { path: 'constructor' } })).rejects.toThrow('nothing at')
    await expect(run('json-pick', { inputs: { json: 'no json' } })).rejects.toMatchObject({ code: 'input-type' })
  })
})

describe('a marked answer', () => {
  const answer = 'The tower is old. It is blue. It sings.'
  const verdict = (text: string, label: Verdict['label'], quote?: string): Verdict => ({
    claim: { id: text, text, start: answer.indexOf(text), end: answer.indexOf(text) + text.length },
    label,
    entailment: { entailment: 0, neutral: 1, contradiction: 0 },
    evidence:
      quote === undefined
        ? []
        : [{ document: 'guide.md', title: 'Guide', text: quote, entailment: { entailment: 0, neutral: 1, contradiction: 0 } }],
  })
  const verdicts = [
    verdict('The tower is old.', 'supported', 'An old\ntower.'),
    verdict('It is blue.', 'refuted', 'It is red.'),
    verdict('It sings.', 'unknown'),
  ]

  it('shows each claim with its verdict and evidence', async () => {
    const { text, plain, json } = await run('answer', { inputs: { answer, verdicts } })
    expect(text).toBe('The tower is old. [✓1] It is blue. [✗2] It sings. [?]\n\n[1] Guide: “An old tower.”\n[2] Guide: “It is red.”')
    expect(plain).toBe(answer)
    expect(json).toMatchObject({ counts: { supported: 1, refuted: 1, unknown: 1 } })
  })
  it('may strike out or leave out what is not supported', async () => {
    expect((await run('answer', { inputs: { answer, verdicts }, params: { unsupported: 'strike', evidence: false } })).text).toBe(
      'The tower is old. [✓1] ~~It is blue.~~ [✗2] ~~It sings.~~ [?]',
    )
    expect((await run('answer', { inputs: { answer, verdicts }, params: { unsupported: 'remove', evidence: false } })).text).toBe(
      'The tower is old. [✓1]',
    )
  })
  it('without verdicts is the answer itself', async () => {
    expect((await run('answer', { inputs: { answer } })).text).toBe(answer)
    expect((await run('answer', { inputs: { answer: '', verdicts: [] } })).text).toBe('')
  })
  it('numbers the same evidence once', async () => {
    const same = [verdict('The tower is old.', 'supported', 'Q'), verdict('It sings.', 'supported', 'Q')]
    expect((await run('answer', { inputs: { answer, verdicts: same } })).text).toBe(
      'The tower is old. [✓1] It is blue. It sings. [✓1]\n\n[1] Guide: “Q”',
    )
  })
  it('places a rewritten claim where its words are, else at the end', async () => {
    const odd = [
      { ...verdict('It is blue.', 'supported'), claim: { id: 'c', text: 'It is blue.' } },
      { ...verdict('x', 'unknown'), claim: { id: 'd', text: 'Not there.' } },
    ]
    expect((await run('answer', { inputs: { answer, verdicts: odd } })).text).toBe('The tower is old. It is blue. [✓] It sings. [?]')
  })
})
