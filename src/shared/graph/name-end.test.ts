import { describe, expect, it } from 'vitest'
import type { NodeSpec } from '../node-spec'
import { explainMiss, type KeyParts } from './content-key'
import { nameEnd } from './name-end'
import { semanticDiff } from './semantic-diff'
import { specsByType } from './specs'
import { graph } from './testing'
import { validateGraph } from './validate'

const merge: NodeSpec = {
  type: 'merge',
  version: 1,
  title: 'Merge',
  family: 'merging',
  summary: 'merges',
  inputs: { baseStatistics: { wire: 'text', arity: 'one', summary: 's' } },
  outputs: { isNew: { wire: 'text', summary: 's', title: 'first time' } },
  params: { mostTokens: { kind: 'number', default: 1, summary: 's', max: 9, title: 'Longest answer' } },
  effect: 'pure',
  resource: 'cpu',
}
const specs = specsByType([merge])
const document = graph({
  nodes: { a: { type: 'merge', title: 'First' }, b: { type: 'merge', params: { mostTokens: 12 } }, c: { type: 'merge' } },
  wires: ['a.isNew > b.baseStatistics', 'c.isNew > b.baseStatistics'],
})

describe('an end of a wire in words', () => {
  it('is called by the title of its port and the name of its node', () => {
    expect(nameEnd('a.isNew', 'outputs', document, specs)).toBe('“first time” of “First” (a)')
    expect(nameEnd('b.baseStatistics#2', 'inputs', document, specs)).toBe('“base statistics” of “b”')
    expect(nameEnd('@question', 'outputs', document, specs)).toBe('the input “question”')
  })

  it('keeps the name that the file has where its node or its port is not known', () => {
    expect(nameEnd('gone.someText', 'outputs', document, specs)).toBe('“someText” of “gone”')
    expect(nameEnd('a.someText', 'outputs', document, specs)).toBe('“someText” of “First” (a)')
  })
})

describe('messages', () => {
  it('call ports and params by their titles', () => {
    const said = validateGraph(document, specs).map(({ message }) => message)
    expect(said).toContain('the input “base statistics” of “First” (a) needs a text wire')
    expect(said).toContain('the input “base statistics” of “b” takes one wire and has 2')
    expect(said.find((message) => message.includes('12'))).toMatch(/^the param “Longest answer” of “b” /)
  })

  it('so do differences for the window; those for files keep names', () => {
    const after = { ...document, wires: [], nodes: { ...document.nodes, b: { ...document.nodes.b!, params: { mostTokens: 3 } } } }
    const told = semanticDiff(document, after, specs).map(({ sentence }) => sentence)
    expect(told).toContain('“b”: Longest answer 12 → 3')
    expect(told).toContain('the wire from “first time” of “First” (a) to “base statistics” of “b” is gone')
    const filed = semanticDiff(document, after).map(({ sentence }) => sentence)
    expect(filed).toContain('“b”: mostTokens 12 → 3')
    expect(filed).toContain('the wire a.isNew → b.baseStatistics is gone')
  })

  it('so do reasons to run again', () => {
    const parts: KeyParts = { type: 'merge', v: 1, params: { mostTokens: 1 }, inputs: { baseStatistics: 'h1' }, models: {} }
    const now = { ...parts, params: { mostTokens: 2 }, inputs: { baseStatistics: 'h2' } }
    expect(explainMiss(parts, now, merge)).toBe('Longest answer 1→2; input base statistics changed')
  })
})
