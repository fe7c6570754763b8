import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../store'
import { type Bench, createBench, graph, run, type Sketch } from './testing'

type Params = NonNullable<Sketch['nodes'][string]['params']>

let folder: string
let store: Store
let bench: Bench
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'executor-'))
  store = openStore(folder)
  bench = createBench(store)
})
afterEach(async () => {
  await bench.executor.close()
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const lifted = (text: string, node: Sketch['nodes'][string]) =>
  graph({
    nodes: { a: { type: 'say', params: { text } }, s: { type: 'split' }, u: node },
    wires: [
      ['a.text', 's.text'],
      ['s.items', 'u.text'],
    ],
    outputs: { answer: ['text', 'u.text'] },
  })

describe('a list on a port that takes one value', () => {
  it.each([
    ['', []],
    ['a', ['A']],
    ['a,b,c', ['A', 'B', 'C']],
  ])('maps over %j in order', async (text, expected) => {
    const { outputs, of } = await run(bench, lifted(text, { type: 'upper' }))
    expect(outputs.answer).toEqual(expected)
    expect(of('item.end')).toHaveLength(expected.length)
  })

  it('runs only the items that are new', async () => {
    await run(bench, lifted('a,b,c', { type: 'upper' }))
    await run(bench, lifted('c,a,d', { type: 'upper' }))
    expect(['a', 'b', 'c', 'd'].map((item) => bench.ran(`upper ${item}`))).toEqual([1, 1, 1, 1])
    expect((await run(bench, lifted('a,b,c', { type: 'upper' }))).ran).toEqual([])
  })

  it('gathers into a port that takes many', async () => {
    const document = graph({
      nodes: { a: { type: 'say', params: { text: 'x,y' } }, s: { type: 'split' }, j: { type: 'join' } },
      wires: [
        ['a.text', 's.text'],
        ['s.items', 'j.texts#0'],
        ['a.text', 'j.texts#1'],
      ],
      outputs: { answer: ['text', 'j.text'] },
    })
    expect((await run(bench, document)).outputs.answer).toBe('x+y+x,y')
  })

  it('goes in step with another list, and refuses one of another length', async () => {
    const two = (second: string) =>
      graph({
        nodes: {
          a: { type: 'say', params: { text: 'x,y' } },
          b: { type: 'say', params: { text: second } },
          s: { type: 'split' },
          t: { type: 'split' },
          u: { type: 'upper' },
        },
        wires: [
          ['a.text', 's.text'],
          ['b.text', 't.text'],
          ['s.items', 'u.text'],
          ['t.items', 'u.suffix'],
        ],
        outputs: { answer: ['text', 'u.text'] },
      })
    expect((await run(bench, two('1,2'))).outputs.answer).toEqual(['X1', 'Y2'])
    expect((await run(bench, two('1'))).outcome.error).toMatchObject({ code: 'input-type', node: 'u', port: 'suffix' })
  })

  it('treats a failing item as the policy says', async () => {
    const node = (onError: 'skip' | 'default' | 'wire') => ({
      type: 'fail',
      params: { on: 'b' },
      policy: { onError, defaults: { text: '?' } },
    })
    expect((await run(bench, lifted('a,b,c', node('skip')))).outputs.answer).toEqual(['ok a', 'ok c'])
    expect((await run(bench, lifted('a,b,c', node('default')))).outputs.answer).toEqual(['ok a', '?', 'ok c'])
    expect((await run(bench, lifted('a,b,c', node('wire')))).outputs.answer).toEqual(['ok a', 'ok c'])
    const { outcome } = await run(bench, lifted('a,b,c', { type: 'fail', params: { on: 'b' } }))
    expect(outcome.error).toMatchObject({ code: 'node-failed', node: 'u' })
    expect(outcome.error!.message).toContain('item 2')
  })
})

const inner: Sketch = {
  inputs: { text: { type: 'text' }, index: { type: 'number', required: false } },
  nodes: { u: { type: 'upper', params: { suffix: '!' } }, n: { type: 'add' } },
  wires: [
    ['@text', 'u.text'],
    ['@index', 'n.number'],
  ],
  outputs: { loud: ['text', 'u.text'], place: ['number', 'n.number'] },
}
const mapped = (text: string, params: Params = {}, body: Sketch = inner) =>
  graph({
    nodes: { a: { type: 'say', params: { text } }, s: { type: 'split' }, m: { type: 'map', subgraph: 'g1', params } },
    wires: [
      ['a.text', 's.text'],
      ['s.items', 'm.text'],
    ],
    outputs: { loud: ['text', 'm.loud'], place: ['number', 'm.place'] },
    subgraphs: { g1: body },
  })

describe('a map', () => {
  it.each([
    ['', [], []],
    ['a', ['A!'], [1]],
    ['a,b,c', ['A!', 'B!', 'C!'], [1, 2, 3]],
  ])('runs its graph for each item of %j', async (text, loud, place) => {
    const { outputs, outcome } = await run(bench, mapped(text))
    expect(outcome.error).toBeUndefined()
    expect(outputs).toEqual({ loud, place })
  })

  it('tells of inner nodes by their whole path', async () => {
    const { of } = await run(bench, mapped('a,b'))
    expect(of('node.start').map(({ node }) => node)).toEqual(expect.arrayContaining(['m', 'm/0/u', 'm/1/u']))
    expect(of('item.start').filter(({ node }) => node === 'm')).toHaveLength(2)
  })

  it('runs one item again when one changed', async () => {
    await run(bench, mapped('a,b,c'))
    await run(bench, mapped('a,x,c'))
    expect(['a', 'b', 'c', 'x'].map((item) => bench.ran(`upper ${item}`))).toEqual([1, 1, 1, 1])
  })

  it.each([
    ['skip', ['ok a', 'ok c']],
    ['null', ['ok a', null, 'ok c']],
  ])('goes on after a failed item with %s', async (onItemError, expected) => {
    const body: Sketch = {
      inputs: { text: { type: 'text' } },
      nodes: { f: { type: 'fail', params: { on: 'b' } } },
      wires: [['@text', 'f.text']],
      outputs: { loud: ['text', 'f.text'], place: ['text', 'f.text'] },
    }
    const { outputs } = await run(bench, mapped('a,b,c', { onItemError }, body))
    expect(outputs.loud).toEqual(expected)
    const stopped = await run(bench, mapped('a,b,c', {}, body))
    expect(stopped.outcome.error).toMatchObject({ node: 'm/1/f' })
  })

  it('gives each item its own seed', async () => {
    const body: Sketch = {
      inputs: { text: { type: 'text' } },
      nodes: { d: { type: 'dice', seed: 7 } },
      wires: [['@text', 'd.text']],
      outputs: { loud: ['number', 'd.number'], place: ['number', 'd.number'] },
    }
    const { outputs } = await run(bench, mapped('a,b', {}, body))
    const [first, second] = outputs.loud as number[]
    expect(first).not.toBe(second)
    expect((await run(bench, mapped('a,b', {}, body), {}, { cache: 'ignore' })).outputs.loud).toEqual([first, second])
  })
})

describe('a loop', () => {
  const counting = (params: Params) =>
    graph({
      nodes: { l: { type: 'loop', subgraph: 'g1', params } },
      outputs: { number: ['number', 'l.number'] },
      subgraphs: {
        g1: {
          inputs: { number: { type: 'number', default: 0 } },
          nodes: { n: { type: 'add', params: { by: 4 } } },
          wires: [['@number', 'n.number']],
          outputs: { number: ['number', 'n.number'], big: ['boolean', 'n.big'] },
        },
      },
    })

  it('hands its state from turn to turn, as often as it is told', async () => {
    const { outputs, of, outcome } = await run(bench, counting({ times: 5 }))
    expect(outcome.error).toBeUndefined()
    expect(outputs.number).toBe(20)
    expect(of('item.end')).toHaveLength(5)
  })

  it('ends when its condition is true', async () => {
    const { outputs, of } = await run(bench, counting({ times: 50, until: 'big' }))
    expect(outputs.number).toBe(12)
    expect(of('item.end')).toHaveLength(3)
  })

  it('ends at its bound and says that the condition never came', async () => {
    const { outputs, of } = await run(bench, counting({ times: 2, until: 'big' }))
    expect(outputs.number).toBe(8)
    expect(of('warn')[0]!.message).toContain('2 turns')
  })

  it('refuses a condition that is not there', async () => {
    const { outcome } = await run(bench, counting({ times: 2, until: 'nothing' }))
    expect(outcome.error).toMatchObject({ code: 'graph-invalid', node: 'l' })
  })
})

describe('a subgraph', () => {
  const nested = (title: string) =>
    graph({
      nodes: { a: { type: 'say', params: { text: 'x' } }, g: { type: 'subgraph', subgraph: 'g1', title } },
      wires: [['a.text', 'g.text']],
      outputs: { loud: ['text', 'g.loud'] },
      subgraphs: {
        g1: {
          ...inner,
          nodes: { ...inner.nodes, h: { type: 'subgraph', subgraph: 'g2' } },
          wires: [...inner.wires!, ['u.text', 'h.text']],
          outputs: { loud: ['text', 'h.text'] },
        },
        g2: {
          inputs: { text: { type: 'text' } },
          nodes: { v: { type: 'upper', params: { suffix: '?' } } },
          wires: [['@text', 'v.text']],
          outputs: { text: ['text', 'v.text'] },
        },
      },
    })

  it('runs inside another one, and its nodes are cached', async () => {
    const first = await run(bench, nested('one'))
    expect(first.outcome.error).toBeUndefined()
    expect(first.outputs.loud).toBe('X!?')
    expect(first.ran).toEqual(expect.arrayContaining(['g', 'g/u', 'g/h', 'g/h/v']))
    const second = await run(bench, nested('two'))
    expect(second.of('node.cached').map(({ node }) => node)).toEqual(expect.arrayContaining(['g/u', 'g/h/v']))
  })
})
