import { describe, expect, it } from 'vitest'
import { cardPorts } from './card-ports'
import { mapCards, noCards } from './cards'
import { type FlowNode, mapFrames, mapNodes, mapWires, reframed, withoutGuess } from './flow-mapping'
import { testDocument as document, testSpecs as specs } from './testing'

let cards = noCards
const nodesOf = (graph: typeof document, before: readonly FlowNode[]) => {
  cards = mapCards(graph, specs, cards)
  return mapNodes(graph, before, cards)
}
const idsOf = (nodes: readonly { id: string }[]) => nodes.map((node) => node.id).sort()

describe('the document as a flow', () => {
  it('draws nodes, ghosts, inputs, outputs and notes', () => {
    expect(idsOf(nodesOf(document, []))).toEqual(['=answer', '@question', 'ask', 'gather', 'ghost', 'note:n'])
  })
  it('draws the wires, and those of the outputs too', () => {
    const wires = mapWires(document, specs, [])
    expect(idsOf(wires)).toEqual(['@question>ask.prompt', 'ask.text>=answer', 'ask.text>gather.texts#0', 'ghost.out>ask.heat'])
    expect(wires.every((wire) => !wire.data?.broken)).toBe(true)
  })
  it('keeps the objects of what did not change, so that it is not drawn again', () => {
    const nodes = nodesOf(document, [])
    const moved = { ...document, ui: { ...document.ui, nodes: { ask: { x: 999, y: 40 } } } }
    const after = nodesOf(moved, nodes)
    expect(after.filter((node) => !nodes.includes(node)).map((node) => node.id)).toEqual(['ask'])
    const wires = mapWires(document, specs, [])
    expect(mapWires(moved, specs, wires)).toEqual(wires)
    expect(mapWires(moved, specs, wires).every((wire, i) => wire === wires[i])).toBe(true)
  })
  it('lets a frame grow with the cards in it, and leaves everything else as it was', () => {
    const framed = { ...document, ui: { ...document.ui, frames: [{ id: 'f', title: '', nodes: ['ask'] }] } }
    const cards = nodesOf(framed, [])
    const nodes = [...mapFrames(framed, cards, []), ...cards]
    expect(reframed(framed, nodes).every((node, i) => node === nodes[i])).toBe(true)
    const grown = nodes.map((node) => (node.id === 'ask' ? { ...node, measured: { width: 248, height: 400 } } : node))
    const [frame] = reframed(framed, grown)
    expect(frame?.height).toBeGreaterThan((nodes[0]?.height ?? 0) + 100)
    expect(reframed(document, grown)).toBe(grown)
  })
  it('shows a wire of the wrong kind as broken instead of hiding it', () => {
    const wrong = { ...document, wires: [{ from: '@question', to: 'ask.drafter' }] }
    expect(mapWires(wrong, specs, [])[0]?.data?.broken).toBe(true)
  })
  it('finds a place, without overlap, for nodes that have none', () => {
    const places = nodesOf({ ...document, ui: { nodes: {}, frames: [], notes: [] } }, []).map(
      ({ position }) => `${position.x},${position.y}`,
    )
    expect(new Set(places).size).toBe(places.length)
  })
  it('puts a frame around its nodes and none around nothing', () => {
    const nodes = nodesOf(document, [])
    const framed = {
      ...document,
      ui: {
        ...document.ui,
        frames: [
          { id: 'f', title: '', nodes: ['ask', 'gather'] },
          { id: 'empty', title: '', nodes: ['nobody'] },
        ],
      },
    }
    const frames = mapFrames(framed, nodes, [])
    expect(idsOf(frames)).toEqual(['frame:f'])
    const ask = nodes.find((node) => node.id === 'ask')
    expect(frames[0]?.position.x).toBeLessThan(ask?.position.x ?? 0)
    expect(mapFrames(framed, nodes, frames)[0]).toBe(frames[0])
  })
})

describe('a card that was not measured yet', () => {
  it('has its size and the places of its ports, until it is measured', () => {
    const ask = nodesOf(document, []).find((node) => node.id === 'ask')
    expect(ask?.handles?.map(({ id, type }) => [id, type])).toEqual([
      ['in:prompt', 'target'],
      ['in:drafter', 'target'],
      ['in:heat', 'target'],
      ['out:text', 'source'],
    ])
    expect(ask?.initialHeight).toBeGreaterThan(100)
    if (!ask) return
    expect(withoutGuess(ask)).toBe(ask)
    expect(withoutGuess({ ...ask, measured: { width: 248, height: 120 } }).handles).toBeUndefined()
  })
  it('gets other places with other ports', () => {
    const before = nodesOf(document, [])
    const after = nodesOf({ ...document, wires: [] }, before)
    expect(after.find((node) => node.id === 'ask')?.handles?.map(({ id }) => id)).toEqual(['in:prompt', 'in:drafter', 'out:text'])
  })
})

describe('the ports of a card', () => {
  it('are the declared ones, and params only when a wire feeds them', () => {
    const { inputs } = cardPorts(document, specs, 'ask')
    expect(inputs.map((port) => port.name)).toEqual(['prompt', 'drafter', 'heat'])
    expect(cardPorts({ ...document, wires: [] }, specs, 'ask').inputs.map((port) => port.name)).toEqual(['prompt', 'drafter'])
  })
  it('include params that were shown on purpose', () => {
    const shown = { ...document, wires: [], ui: { ...document.ui, nodes: { ask: { x: 0, y: 0, exposed: ['model'] } } } }
    expect(cardPorts(shown, specs, 'ask').inputs.map((port) => port.name)).toContain('model')
  })
  it('say what still needs a wire', () => {
    const open = cardPorts({ ...document, wires: [] }, specs, 'ask').inputs.filter((port) => port.open)
    expect(open.map((port) => port.name)).toEqual(['prompt'])
  })
  it('keep a port that only a wire knows of', () => {
    const odd = { ...document, wires: [{ from: '@question', to: 'ask.nowhere' }] }
    expect(cardPorts(odd, specs, 'ask').inputs.find((port) => port.name === 'nowhere')?.missing).toBe(true)
    expect(cardPorts(document, specs, 'ghost').outputs.map((port) => port.name)).toEqual(['out'])
  })
})
