import { afterEach, describe, expect, it, vi } from 'vitest'
import type { GraphDocument } from './document'
import { graphLimits } from './limits'
import { loadGraph } from './load'
import { planRun } from './plan'
import { testSpecs } from './testing'
import { sortTopologically, topologyOf } from './topology'
import { validateGraph } from './validate'

/** What a graph file may do to whoever opens it: nothing. `docs/controls.md` names the control that each of these tests proves. */

const file = (more: Record<string, unknown>): string => JSON.stringify({ format: 'tributary/graph', version: 1, id: 'g', ...more })
const refusal = (text: string): string => {
  const loaded = loadGraph(text, { specs: testSpecs })
  if (loaded.ok) throw new Error('it was opened')
  expect(loaded.error.message.length).toBeLessThan(400)
  return loaded.error.code
}
const nodes = (count: number): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, { type: 'lm', v: 1 }]))

afterEach(() => vi.restoreAllMocks())

describe('C23: bytes, depth and keys are looked at before anything is parsed', () => {
  it('more than 8 MiB are refused unparsed, also where characters are fewer than bytes', () => {
    const parse = vi.spyOn(JSON, 'parse')
    expect(refusal(`"${'a'.repeat(graphLimits.bytes)}"`)).toBe('graph-too-large')
    expect(refusal(`"${'é'.repeat(graphLimits.bytes / 2)}"`)).toBe('graph-too-large')
    expect(parse).not.toHaveBeenCalled()
  })

  it('a million brackets are refused unparsed', () => {
    const parse = vi.spyOn(JSON, 'parse')
    expect(['graph-too-large', 'graph-format']).toContain(refusal('['.repeat(1_000_000)))
    expect(['graph-too-large', 'graph-format']).toContain(
      refusal(file({ nodes: {} }).replace('{}', `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`)),
    )
    expect(parse).not.toHaveBeenCalled()
  })

  it.each(['__proto__', 'constructor', 'prototype'])(
    'the key %s is refused wherever it stands, escaped or not, and nothing is polluted',
    (key) => {
      const escaped = `\\u${key.charCodeAt(0).toString(16).padStart(4, '0')}${key.slice(1)}`
      for (const name of [key, escaped])
        for (const inner of [
          `{"${name}":{"polluted":1}}`,
          `{"nodes":{"${name}":{"type":"lm"}}}`,
          `{"nodes":{"a":{"type":"lm","params":{"x":[{"${name}":1}]}}}}`,
        ]) {
          refusal(`{"format":"tributary/graph","version":1,"id":"g",${inner.slice(1)}`)
          expect(({} as { polluted?: number }).polluted).toBeUndefined()
        }
    },
  )

  it('an id such as toString is as good as any other', () => {
    const loaded = loadGraph(file({ nodes: { toString: { type: 'lm', v: 1 }, valueOf: { type: 'lm', v: 1 } } }), { specs: testSpecs })
    expect(loaded.ok && Object.keys(loaded.document.nodes)).toEqual(['toString', 'valueOf'])
    if (loaded.ok) expect(() => validateGraph(loaded.document, testSpecs)).not.toThrow()
  })
})

describe('C24: what is counted has an end', () => {
  it('nodes, those of subgraphs included', () => {
    expect(loadGraph(file({ nodes: nodes(graphLimits.nodes) })).ok).toBe(true)
    expect(refusal(file({ nodes: nodes(graphLimits.nodes + 1) }))).toBe('graph-too-large')
    expect(refusal(file({ nodes: nodes(graphLimits.nodes), subgraphs: { s: { nodes: nodes(1) } } }))).toBe('graph-too-large')
  })

  it('a hundred thousand nodes or wires are refused before anything is parsed, and before a fifth of the text is read', () => {
    const parse = vi.spyOn(JSON, 'parse')
    const reads = vi.spyOn(String.prototype, 'charCodeAt')
    for (const text of [
      file({ nodes: nodes(100_000) }),
      file({ subgraphs: { s: { nodes: nodes(100_000) } } }),
      file({ wires: Array.from({ length: 100_000 }, (_, i) => ({ from: `n${i}.text`, to: 'b.texts' })) }),
    ]) {
      reads.mockClear()
      expect(refusal(text)).toBe('graph-too-large')
      expect(reads.mock.calls.length).toBeLessThan(text.length / 5)
    }
    expect(parse).not.toHaveBeenCalled()
  })

  it('wires', () => {
    const wires = (count: number) => Array.from({ length: count }, (_, i) => ({ from: 'a.text', to: `b.texts#${i % 999}` }))
    expect(loadGraph(file({ wires: wires(graphLimits.wires) })).ok).toBe(true)
    expect(refusal(file({ wires: wires(graphLimits.wires + 1) }))).toBe('graph-too-large')
  })

  it('the length of a text', () => {
    expect(loadGraph(file({ name: 'n', nodes: { a: { type: 'lm', params: { t: 'x'.repeat(graphLimits.string - 2) } } } })).ok).toBe(true)
    expect(refusal(file({ nodes: { a: { type: 'lm', params: { t: 'x'.repeat(graphLimits.string + 1) } } } }))).toBe('graph-too-large')
  })

  it('values in all', () => {
    expect(refusal(file({ nodes: { a: { type: 'lm', params: { t: Array.from({ length: graphLimits.values }, () => 0) } } } }))).toBe(
      'graph-too-large',
    )
  })
})

/** a0 → a1 → … in one line, as long as the limits allow, each with several wires. */
function deepChain(): GraphDocument {
  const ids = Array.from({ length: graphLimits.nodes }, (_, i) => `a${i}`)
  const wires = ids.slice(1).map((id, i) => ({ from: `${ids[i]}.text`, to: `${id}.prompt` }))
  const text = file({ nodes: Object.fromEntries(ids.map((id) => [id, { type: 'lm', v: 1 }])), wires })
  const loaded = loadGraph(text, { specs: testSpecs })
  if (!loaded.ok) throw new Error(loaded.error.message)
  return loaded.document
}

describe('C25: nothing recurses over a graph', () => {
  /** A stack of a few kilobytes: what recursed once for each of 2,000 nodes would not come back. */
  const onSmallStack = <T>(work: () => T): T => {
    const deepen = (left: number): T => (left === 0 ? work() : deepen(left - 1))
    return deepen(5000)
  }

  it('a chain of 2,000 nodes is checked, sorted and planned on a stack that is nearly used up', () => {
    const document = deepChain()
    onSmallStack(() => {
      validateGraph(document, testSpecs)
      expect(sortTopologically(topologyOf(document)).order).toHaveLength(graphLimits.nodes)
      expect(planRun({ document, specs: testSpecs }).steps.length + planRun({ document, specs: testSpecs }).skipped.length).toBe(
        graphLimits.nodes,
      )
    })
  })

  it('a circle of 2,000 nodes is found, named, and cut short in its sentence', () => {
    const document = deepChain()
    const closed = { ...document, wires: [...document.wires, { from: `a${graphLimits.nodes - 1}.text`, to: 'a0.prompt' }] }
    const cycle = onSmallStack(() => validateGraph(closed, testSpecs)).find(({ code }) => code === 'cycle')
    expect(cycle?.message.length).toBeLessThan(400)
  })
})

describe('C26: versions', () => {
  it('a newer format is refused in a sentence', () => {
    expect(refusal(file({ version: 2 }))).toBe('graph-newer')
    expect(refusal(file({ version: 1e15 }))).toBe('graph-newer')
  })

  it('another format, or none, is refused', () => {
    expect(refusal('{"nodes":{}}')).toBe('graph-format')
    expect(refusal('{"format":"tributary/fragment","version":1}')).toBe('graph-format')
  })
})
