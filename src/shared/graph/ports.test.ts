import { describe, expect, it } from 'vitest'
import type { NodeSpec } from '../node-spec'
import { chosenOptions, drawsAnything, portsInBody, portsOf } from './ports'
import { allSlotsOf, fillSlots, slotsOf } from './slots'
import { body, graph, testSpecs } from './testing'

const portsFor = (document: ReturnType<typeof graph>, id: string) => {
  const ports = portsInBody(document, testSpecs, document).get(id)
  return { inputs: [...(ports?.inputs.keys() ?? [])], outputs: [...(ports?.outputs.keys() ?? [])], ports }
}

describe('the ports of a node', () => {
  it('are those of its spec, and its params but not files', () => {
    const document = graph({ nodes: { a: 'lm', d: 'documents' } })
    expect(portsFor(document, 'a').inputs).toEqual(['prompt', 'model', 'temperature', 'maxTokens', 'mode'])
    expect(portsFor(document, 'a').ports?.inputs.get('temperature')).toMatchObject({ wire: 'number', arity: 'optional', origin: 'param' })
    expect(portsFor(document, 'd').inputs).toEqual([])
  })

  it('are the slots of its template, as it stands or by default', () => {
    const document = graph({ nodes: { a: 'template', b: { type: 'template', params: { template: '{{a}}{{ b }}{{a}}{{no slot}}' } } } })
    expect(portsFor(document, 'a').inputs).toEqual(['template', 'question'])
    expect(portsFor(document, 'b').inputs).toEqual(['template', 'a', 'b'])
  })

  it('are those of the graph inside a container; a Map gives lists', () => {
    const inner = body({
      interface: { inputs: { item: { type: 'text' }, k: { type: 'number', default: 3 } }, outputs: { done: { type: 'text' } } },
    })
    const document = graph({
      nodes: { m: { type: 'map', subgraph: 'sg' }, s: { type: 'subgraph', subgraph: 'sg' } },
      subgraphs: { sg: inner },
    })
    expect(portsFor(document, 'm')).toMatchObject({ inputs: ['item', 'k'], outputs: ['done'] })
    expect(portsFor(document, 'm').ports?.inputs.get('k')?.arity).toBe('optional')
    expect(portsFor(document, 'm').ports?.outputs.get('done')?.list).toBe(true)
    expect(portsFor(document, 's').ports?.outputs.get('done')?.list).toBe(false)
  })

  it('have an error output where failures leave by a wire, and the kind that a param chooses', () => {
    const document = graph({ nodes: { a: { type: 'text', policy: { onError: 'wire' } }, p: { type: 'pick', params: { kind: 'number' } } } })
    expect(portsFor(document, 'a').outputs).toEqual(['text', 'error'])
    expect(portsFor(document, 'p').ports?.outputs.get('value')?.wire).toBe('number')
  })

  it('of a ghost are those that its wires name; of the graph, one each', () => {
    const document = graph({
      nodes: { g: 'unheard-of', t: 'text' },
      wires: ['t.text > g.in', 'g.out > t.text'],
      interface: { inputs: { q: { type: 'documents' } }, outputs: { o: { type: 'text', from: 'g.more' } } },
    })
    expect(portsFor(document, 'g')).toMatchObject({ inputs: ['in'], outputs: ['out', 'more'] })
    expect(portsFor(document, '@q').ports?.outputs.get('')?.wire).toBe('documents')
    expect(portsFor(document, '=o').ports?.inputs.get('')?.wire).toBe('text')
  })

  it('are the same object for the same node', () => {
    const document = graph({ nodes: { a: 'lm' } })
    const [node, spec] = [document.nodes.a, testSpecs.get('lm')]
    if (node && spec) expect(portsOf(node, spec, document)).toBe(portsOf(node, spec, document))
  })
})

describe('choices', () => {
  const method = {
    kind: 'choice',
    default: 'mean',
    summary: '',
    options: [
      { value: 'mean', title: 'Mean', stochastic: false },
      { value: 'drop', title: 'Drop', stochastic: true },
    ],
  } as const
  const rule = {
    kind: 'choice',
    default: 'a',
    summary: '',
    options: [{ value: 'a', title: 'A' }],
    when: { param: 'method', in: ['drop'] },
  } as const
  const spec = { stochastic: true, params: { method, rule } } as unknown as NodeSpec
  const node = (params: Record<string, string>) => ({ type: 'x', v: 1, params })

  it('that are made are those that matter now', () => {
    expect(chosenOptions(node({}), spec).map(({ title }) => title)).toEqual(['Mean'])
    expect(chosenOptions(node({ method: 'drop' }), spec).map(({ title }) => title)).toEqual(['Drop', 'A'])
    expect(chosenOptions(node({ method: 'of another version' }), spec)).toEqual([])
  })

  it('decide whether there is anything to draw, unless a wire decides', () => {
    expect(drawsAnything(node({}), spec, new Set())).toBe(false)
    expect(drawsAnything(node({ method: 'drop' }), spec, new Set())).toBe(true)
    expect(drawsAnything(node({}), spec, new Set(['method']))).toBe(true)
    expect(drawsAnything(node({ method: 'drop' }), { ...spec, stochastic: false }, new Set())).toBe(false)
  })
})

describe('slots', () => {
  it('are found once each, at most 64, and filled once', () => {
    const many = Array.from({ length: 70 }, (_, i) => `{{s${i}}}`).join('')
    expect(slotsOf(many)).toHaveLength(64)
    expect(allSlotsOf(many)).toHaveLength(70)
    expect(
      fillSlots(
        '{{a}} and {{ b }} and {{c}}',
        new Map([
          ['a', '{{b}}'],
          ['b', '$&'],
        ]),
      ),
    ).toBe('{{b}} and $& and {{c}}')
  })
})
