import { describe, expect, it } from 'vitest'
import { connect, moveNodes, setParam } from '../../shared/graph/edit'
import { mapCards, noCards, samePorts } from './cards'
import { testDocument as document, testSpecs as specs } from './testing'

const cards = mapCards(document, specs, noCards)

describe('the cards of a graph', () => {
  it('are the same objects while nothing of them changed, all of them together too', () => {
    expect(mapCards(document, specs, cards)).toBe(cards)
    const moved = moveNodes(document, { positions: { ask: { x: 1, y: 2 } } }).document
    expect(mapCards(moved, specs, cards)).toBe(cards)
  })
  it('change one by one: typing into a param makes one card, with the ports it had', () => {
    const typed = mapCards(setParam(document, { node: 'ask', param: 'heat', value: 0.5 }).document, specs, cards)
    expect([...typed].filter(([id, card]) => card !== cards.get(id)).map(([id]) => id)).toEqual(['ask'])
    expect(typed.get('ask')?.ports).toBe(cards.get('ask')?.ports)
    expect(samePorts(typed, cards)).toBe(true)
  })
  it('change at both ends of a new wire', () => {
    const wired = mapCards(connect(document, { from: 'ask.text', to: 'gather.texts#1' }).document, specs, cards)
    expect([...wired].filter(([id, card]) => card !== cards.get(id))).toEqual([])
    const other = mapCards({ ...document, wires: [] }, specs, cards)
    expect([...other].filter(([id, card]) => card !== cards.get(id)).map(([id]) => id)).toEqual(['ask', 'gather', 'ghost'])
    expect(samePorts(other, cards)).toBe(false)
  })
})
