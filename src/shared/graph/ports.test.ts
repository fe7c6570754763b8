import { describe, expect, it } from 'vitest'
import { portsInBody, portsOf } from './ports'
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
