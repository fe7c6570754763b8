import { describe, expect, it } from 'vitest'
import { overlayDiff } from './diff-overlay'
import type { GraphDocument } from './document'
import { graph } from './testing'

const at = (document: GraphDocument, nodes: GraphDocument['ui']['nodes']): GraphDocument => ({
  ...document,
  ui: { ...document.ui, nodes },
})
const before = at(
  graph({
    nodes: { a: { type: 'text' }, b: { type: 'lm', params: { temperature: 0.7, maxTokens: 9 } }, old: { type: 'rank' } },
    wires: ['a.text > b.prompt', 'b.text > old.candidates#0'],
  }),
  { a: { x: 0, y: 0 }, b: { x: 300, y: 0 }, old: { x: 600, y: 0 } },
)
const after = at(
  graph({
    nodes: { a: { type: 'text' }, b: { type: 'lm', params: { temperature: 0.9 } }, fresh: { type: 'rank' } },
    wires: ['a.text > b.prompt', 'b.text > fresh.candidates#0'],
  }),
  { a: { x: 50, y: 80 }, b: { x: 300, y: 0 }, fresh: { x: 600, y: 10 } },
)

describe('two documents drawn as one', () => {
  const overlay = overlayDiff(before, after, new Map())

  it('marks what came, went and changed, and says which params changed', () => {
    expect(Object.fromEntries(overlay.nodes)).toEqual({
      fresh: { kind: 'added', changes: [] },
      old: { kind: 'removed', changes: [] },
      b: {
        kind: 'changed',
        changes: [
          { name: 'maxTokens', from: 9 },
          { name: 'temperature', from: 0.7, to: 0.9 },
        ],
      },
    })
    expect(Object.fromEntries(overlay.wires)).toEqual({ 'b.text>fresh.candidates#0': 'added', 'b.text>old.candidates#0': 'removed' })
  })

  it('keeps what is gone as a ghost that covers nothing, and lets moves be', () => {
    expect(Object.keys(overlay.document.nodes).sort()).toEqual(['a', 'b', 'fresh', 'old'])
    expect(overlay.document.wires).toHaveLength(3)
    expect(overlay.document.ui.nodes.a).toEqual({ x: 50, y: 80 })
    expect(overlay.document.ui.nodes.old).toEqual({ x: 600, y: 190 })
    expect(overlay.nodes.has('a')).toBe(false)
  })

  it('finds nothing between a document and one that only moved', () => {
    const moved = at(before, { a: { x: 1, y: 1 }, b: { x: 2, y: 2 }, old: { x: 3, y: 3 } })
    const none = overlayDiff(before, moved, new Map())
    expect([none.nodes.size, none.wires.size, none.changes.length]).toEqual([0, 0, 0])
    expect(none.document).toEqual(moved)
  })

  it('marks inputs and outputs of the graph', () => {
    const output = (from: string) => ({ ...before, interface: { inputs: {}, outputs: { answer: { type: 'text' as const, from } } } })
    const changed = overlayDiff(output('a.text'), output('b.text'), new Map())
    expect(changed.nodes.get('=answer')?.kind).toBe('changed')
    expect(changed.wires.get('b.text>=answer')).toBe('added')
    const gone = overlayDiff(output('a.text'), before, new Map())
    expect(gone.nodes.get('=answer')?.kind).toBe('removed')
    expect(gone.document.interface.outputs.answer?.from).toBe('a.text')
  })
})
