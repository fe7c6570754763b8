import { describe, expect, it } from 'vitest'
import { innerBox, innerLayout } from './inner-layout'
import { testDocument, testSpecs } from './testing'

describe('the graph that is drawn on a container', () => {
  it('stands in columns by depth, with a wire for each wire and each output', () => {
    const { boxes, wires, width } = innerLayout(testDocument, testSpecs)
    const x = (id: string) => boxes.find((box) => box.id === id)?.x ?? Number.NaN
    expect(boxes.map(({ id }) => id).sort()).toEqual(['ask', 'gather', 'ghost'])
    expect(x('ghost')).toBeLessThan(x('ask'))
    expect(x('ask')).toBeLessThan(x('gather'))
    expect(wires.map(({ key }) => key)).toEqual([
      '@question>ask.prompt',
      'ask.text>gather.texts#0',
      'ghost.out>ask.heat',
      'ask.text>=answer',
    ])
    expect(width).toBeGreaterThan(x('gather') + innerBox.width)
  })
  it('keeps boxes of one column apart, in the order in which they were placed', () => {
    const graph = {
      ...testDocument,
      wires: [],
      interface: { inputs: {}, outputs: {} },
      ui: { ...testDocument.ui, nodes: { ask: { x: 0, y: 300 }, gather: { x: 0, y: 0 }, ghost: { x: 0, y: 100 } } },
    }
    const { boxes } = innerLayout(graph, testSpecs)
    expect(boxes.map(({ id }) => id)).toEqual(['gather', 'ghost', 'ask'])
    expect((boxes[1]?.y ?? 0) - (boxes[0]?.y ?? 0)).toBeGreaterThanOrEqual(innerBox.height)
  })
  it('is drawn although its nodes wait for each other', () => {
    const graph = {
      ...testDocument,
      wires: [
        { from: 'ask.text', to: 'gather.texts#0' },
        { from: 'gather.candidates', to: 'ask.prompt' },
      ],
    }
    expect(
      innerLayout(graph, testSpecs)
        .boxes.map(({ id }) => id)
        .sort(),
    ).toEqual(['ask', 'gather', 'ghost'])
  })
})
