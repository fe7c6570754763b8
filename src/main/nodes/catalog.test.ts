import { describe, expect, it } from 'vitest'
import type { NodeSpec } from '../../shared/node-spec'
import { catalogOf, createCatalog } from './catalog'

const spec: NodeSpec = {
  type: 'thing',
  version: 1,
  title: 'Thing',
  family: 'io',
  summary: 'Does a thing.',
  inputs: { text: { wire: 'text', arity: 'one', summary: 'a text' } },
  outputs: { text: { wire: 'text', summary: 'a text' } },
  params: { share: { kind: 'number', min: 0, max: 1, default: 0.5, summary: 'how much' } },
  effect: 'pure',
  resource: 'cpu',
}
const run = async () => ({})
const catalogWith = (changes: Partial<NodeSpec>) =>
  catalogOf({ './a.ts': { default: { spec: { ...spec, ...changes }, run } } }, new Set(['bm25']))

describe('the catalog', () => {
  it('finds every node of this build, and each passes its checks', () => {
    const catalog = createCatalog()
    expect(catalog.specs().length).toBeGreaterThan(1)
    expect(catalog.get('text')?.spec.title).toBe('Text')
    expect(JSON.parse(JSON.stringify(catalog.specs()))).toEqual(catalog.specs())
  })

  it('gives every merge method, pruner, operator, drafter and ranker its formula, with the params that it names', () => {
    const catalog = createCatalog()
    const optionsOf = (type: string, name: string) => {
      const param = catalog.get(type)?.spec.params[name]
      return param?.kind === 'choice' ? param.options : []
    }
    const methods = [...optionsOf('merger', 'method'), ...optionsOf('prune', 'pruner'), ...optionsOf('ranker', 'method')]
    expect(methods.length).toBeGreaterThan(30)
    expect(methods.filter(({ formula }) => !formula).map(({ value }) => value)).toEqual([])
    const lone = catalog.specs().filter(({ type }) => type.startsWith('op-') || type.endsWith('-drafter'))
    expect(lone.length).toBeGreaterThan(25)
    expect(lone.filter(({ formula }) => !formula).map(({ type }) => type)).toEqual([])
    const ties = methods.find(({ value }) => value === 'ties')
    expect(ties?.formula).toContain('w = {weights}')
    expect(ties?.formula).toContain('largest {densities} of')
  })

  it('finds formulas that name what is no param, or have braces for nothing', () => {
    expect(() => catalogWith({ formula: 'θ* = {share} · θ' })).not.toThrow()
    expect(() => catalogWith({ formula: 'θ* = {part} · θ' })).toThrow('{part}')
    expect(() => catalogWith({ formula: 'Σ_{i=1} θ_i' })).toThrow('braces')
  })

  it('lists types in order and knows nothing else', () => {
    const types = createCatalog()
      .specs()
      .map((found) => found.type)
    expect(types).toEqual([...types].sort())
    expect(createCatalog().get('no-such-node')).toBeUndefined()
  })

  it('lets helpers without a default export pass and takes arrays of definitions', () => {
    const catalog = catalogOf(
      {
        './help.ts': {},
        './two.ts': {
          default: [
            { spec, run },
            { spec: { ...spec, type: 'other' }, run },
          ],
        },
      },
      new Set(),
    )
    expect(catalog.specs().map((found) => found.type)).toEqual(['other', 'thing'])
  })

  it.each<[string, Partial<NodeSpec>, string]>([
    ['a type that is not kebab-case', { type: 'My Thing' }, 'kebab-case'],
    ['a missing summary', { summary: ' ' }, 'no summary'],
    ['a param named like an input', { params: { text: { kind: 'text', default: '', summary: 'x' } } }, 'both an input and a param'],
    ['a default out of bounds', { params: { share: { kind: 'number', max: 1, default: 2, summary: 'x' } } }, 'above its maximum'],
    [
      'a default that is no option',
      { params: { way: { kind: 'choice', default: 'c', options: [{ value: 'a', title: 'A' }], summary: 'x' } } },
      'not among',
    ],
    ['a system that nobody published', { systems: ['bm26'] }, 'bm26'],
    ['a gap in the migrations', { version: 3, migrations: [{ from: 2 }] }, 'needs [1, 2]'],
    [
      'a condition on a missing param',
      { params: { a: { kind: 'boolean', default: true, summary: 'x', when: { param: 'b', in: [1] } } } },
      'not a param',
    ],
    ['a number that JSON cannot hold', { params: { share: { kind: 'number', default: Number.NaN, summary: 'x' } } }, 'JSON cannot hold'],
    ['slots read from nowhere', { slots: { param: 'template', wire: 'text' } }, 'slots'],
  ])('refuses %s and names the file', (_, changes, words) => {
    expect(() => catalogWith(changes)).toThrow(words)
    expect(() => catalogWith(changes)).toThrow('./a.ts')
  })

  it('refuses two nodes of one type and names both files', () => {
    const modules = { './a.ts': { default: { spec, run } }, './b.ts': { default: { spec, run } } }
    expect(() => catalogOf(modules, new Set())).toThrow('./b.ts: has the type "thing", which ./a.ts has too')
  })

  it('refuses a default export that is no node', () => {
    expect(() => catalogOf({ './a.ts': { default: 7 } }, new Set())).toThrow('./a.ts: is no node')
  })
})
