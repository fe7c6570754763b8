import { describe, expect, it } from 'vitest'
import { importMergekit } from './import'

const chained = (name: string | undefined, models: readonly string[]): string =>
  `${name === undefined ? '' : `name: ${name}\n`}merge_method: linear\nmodels: [${models.map((model) => `{model: ${model}}`).join()}]\nparameters: {weight: 1}\n`

describe('a file of several documents', () => {
  it('is one expression', () => {
    const text = `
name: first
merge_method: linear
models: [{model: a}, {model: b}]
parameters: {weight: 0.5}
---
merge_method: dare_ties
base_model: a
models:
  - {model: first, parameters: {density: 0.6, weight: 0.5}}
  - {model: c, parameters: {density: 0.8, weight: 0.5}}
`
    expect(importMergekit(text).recipe.expression).toMatchObject({
      method: 'dare-ties',
      params: { rescale: 'l1' },
      models: [{ weights: { op: 'merge', method: 'linear' } }, { weights: { op: 'load' } }],
    })
  })

  it.each([
    ['last', [chained('first', ['a', 'b']), chained('second', ['first', 'c']), chained(undefined, ['second', 'first'])]],
    ['first', [chained(undefined, ['second', 'first']), chained('second', ['first', 'c']), chained('first', ['a', 'b'])]],
    [
      'between those that it names',
      [chained('first', ['a', 'b']), chained(undefined, ['second', 'first']), chained('second', ['first', 'c'])],
    ],
    [
      'named, before all that it names',
      [chained('result', ['second', 'first']), chained('second', ['first', 'c']), chained('first', ['a', 'b'])],
    ],
  ])('documents of a chain are made in the order in which they need each other: the result stands %s', (_, documents) => {
    const { recipe, issues } = importMergekit(documents.join('---\n'))
    const first = { op: 'merge', models: [{ weights: { model: { name: 'a' } } }, { weights: { model: { name: 'b' } } }] }
    const second = { op: 'merge', models: [{ weights: first }, { weights: { model: { name: 'c' } } }] }
    expect(recipe.expression).toMatchObject({ op: 'merge', models: [{ weights: second }, { weights: first }] })
    expect(issues).toEqual([])
  })

  it.each([
    ['two documents', [chained('one', ['two', 'a']), chained('two', ['b', 'one'])], 'in a circle: one → two → one.'],
    ['a part of a chain', [chained(undefined, ['one', 'a']), chained('one', ['two']), chained('two', ['two'])], 'in a circle: two → two.'],
    ['a name twice', [chained('one', ['a']), chained('one', ['b'])], 'have the name one.'],
    ['no name twice', [chained(undefined, ['a']), chained(undefined, ['b'])], 'have no name.'],
  ])('%s: a chain that cannot be told is refused in a sentence', (_, documents, said) => {
    expect(() => importMergekit(documents.join('---\n'))).toThrow(
      expect.objectContaining({ code: 'graph-format', message: expect.stringContaining(said) }),
    )
  })

  it('a document that nothing comes of is told', () => {
    const { recipe, issues } = importMergekit([chained('spare', ['a']), chained('kept', ['b', 'c'])].join('---\n'))
    expect(recipe.name).toBe('kept')
    expect(issues).toMatchObject([{ message: 'The document spare goes into no other and is left out.' }])
  })

  it('documents that name one another twice are refused before they become a million steps', () => {
    const doubled = (count: number): string =>
      Array.from({ length: count }, (_, i) => chained(`d${i}`, [`d${i - 1}`, `d${i - 1}`])).join('---\n')
    expect(() => importMergekit(doubled(40))).toThrow(/more than 10000 steps/)
    expect(importMergekit(doubled(10)).issues).toEqual([])
  })

  it('more documents than anybody writes are refused before any is made', () => {
    expect(() => importMergekit('a: 1\n---\n'.repeat(257))).toThrow(/more than 256 documents/)
  })
})
