import { describe, expect, it } from 'vitest'
import { graph } from '../graph/testing'
import { firstDifferentNode, firstDifferentToken, firstDifferentWord } from './compare'
import { freshNode } from './fold-node'

const document = (temperature: number) =>
  graph({
    nodes: { a: { type: 'text' }, b: { type: 'lm', params: { temperature } }, c: { type: 'rank' } },
    wires: ['a.text > b.prompt', 'b.text > c.candidates#0'],
  })
const value = (sha: string) => ({ kind: 'text' as const, list: false, sha, sizeBytes: 1, preview: sha })
const run = (shas: Record<string, string>, temperature = 0.7, inputs: Record<string, unknown> = {}, seed?: number) => ({
  document: document(temperature),
  inputs,
  state: {
    nodes: Object.fromEntries(
      Object.entries(shas).map(([id, sha]) => [
        id,
        { ...freshNode, phase: 'done' as const, outputs: { text: value(sha) }, ...(seed === undefined ? {} : { seed }) },
      ]),
    ),
  },
})

describe('where runs part', () => {
  it('is the first node along the wires whose values differ, not the first in the file', () => {
    const difference = firstDifferentNode([run({ c: '1', b: '1', a: '1' }, 0.2), run({ c: '2', b: '2', a: '1' }, 0.9)])
    expect(difference).toEqual({ node: 'b', ports: ['text'], why: 'settings', what: ['temperature'] })
  })
  it('says why: what the graph was given, the wires, the seed, else the model or the world outside', () => {
    const asked = (question: string, sha: string) => {
      const given = run({ a: sha }, 0.7, { question, other: 'same' })
      return { ...given, document: { ...given.document, wires: [{ from: '@question', to: 'a.text' }, ...given.document.wires] } }
    }
    expect(firstDifferentNode([asked('7 plus 8', '1'), asked('4 plus 5', '2')])).toMatchObject({ why: 'inputs', what: ['question'] })
    expect(firstDifferentNode([asked('7 plus 8', '1'), run({ a: '2' })])?.why).toBe('wires')
    expect(firstDifferentNode([run({ a: '1' }, 0.7, {}, 1), run({ a: '2' }, 0.7, {}, 2)])?.why).toBe('seed')
    expect(firstDifferentNode([run({ a: '1', b: '1' }), run({ a: '1', b: '2' })])?.why).toBe('model or world')
  })
  it('is nowhere when all values are equal, and where a value is missing', () => {
    expect(firstDifferentNode([run({ a: '1', b: '1' }), run({ a: '1', b: '1' })])).toBeUndefined()
    expect(firstDifferentNode([run({ a: '1', b: '1' }), run({ a: '1' })])).toEqual({
      node: 'b',
      ports: [],
      why: 'not everywhere',
      what: [],
    })
    expect(firstDifferentNode([])).toBeUndefined()
  })
  it('is told to the token, with what was agreed on before', () => {
    const trace = (...texts: string[]) => ({ tokens: texts.map((text) => ({ text }) as never) })
    expect(firstDifferentToken([trace('the', ' key', ' is'), trace('the', ' cup', ' is')])).toEqual({
      index: 1,
      texts: [' key', ' cup'],
      before: 'the',
    })
    expect(firstDifferentToken([trace('a', 'b'), trace('a')])?.texts).toEqual(['b', undefined])
    expect(firstDifferentToken([trace('a'), trace('a')])).toBeUndefined()
  })
  it('and to the word where there is no trace', () => {
    expect(firstDifferentWord(['the red key', 'the red cup', 'the red key'])).toEqual({
      index: 2,
      texts: [' key', ' cup', ' key'],
      before: 'the red',
    })
  })
})
