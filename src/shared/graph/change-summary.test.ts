import { describe, expect, it } from 'vitest'
import { summariseDocuments } from './change-summary'
import { graph } from './testing'

const before = graph({ nodes: { a: { type: 'text' }, b: { type: 'lm', title: 'Writer', params: { temperature: 0.7 } } } })

describe('a change in one line', () => {
  it('names params with both values, what came with + and what went with −', () => {
    const after = graph({
      nodes: { b: { type: 'lm', title: 'Writer', params: { temperature: 0.9 } }, c: { type: 'rank', title: 'Judge\nof all' } },
    })
    expect(summariseDocuments(before, after, new Map())).toBe('− node a; + node Judge; and 1 more')
    const warmer = { ...before, nodes: { ...before.nodes, b: { ...before.nodes.b!, params: { temperature: 0.9 } } } }
    expect(summariseDocuments(before, warmer, new Map())).toBe('“Writer” (b): temperature 0.7 → 0.9')
  })

  it('is empty for equal documents, and says when only the layout differs', () => {
    expect(summariseDocuments(before, structuredClone(before), new Map())).toBe('')
    const moved = { ...before, ui: { ...before.ui, nodes: { a: { x: 900, y: 0 } } } }
    expect(summariseDocuments(before, moved, new Map())).toBe('moved, nothing else')
  })
})
