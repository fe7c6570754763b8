import { describe, expect, it } from 'vitest'
import { freshNode, type ItemState } from '../../shared/run/fold-node'
import { chooseItem, createItemsStore, itemOf, prefixOf } from './items'

const map = (of: number, ...states: (ItemState | undefined)[]) => ({ ...freshNode, items: { of, states } })
const path = [
  { node: 'map', subgraph: 's1' },
  { node: 'sub', subgraph: 's2' },
  { node: 'loop', subgraph: 's3' },
]

describe('which item of a container is looked at', () => {
  it('is the chosen one, never beyond the last', () => {
    const items = createItemsStore()
    chooseItem(items, 'map', 7)
    expect(itemOf(items.getState(), { map: map(20, 'done') }, 'map')).toBe(7)
    expect(itemOf(items.getState(), { map: map(3, 'done') }, 'map')).toBe(2)
  })
  it('is the one that runs while nothing is chosen, and none of an empty list', () => {
    const items = createItemsStore().getState()
    expect(itemOf(items, { map: map(4, 'done', 'running') }, 'map')).toBe(1)
    expect(itemOf(items, { map: map(4, 'done', 'done', 'failed') }, 'map')).toBe(2)
    expect(itemOf(items, { map: map(0) }, 'map')).toBeUndefined()
    expect(itemOf(items, {}, 'constructor')).toBeUndefined()
  })
  it('gives the beginning of the paths of what runs inside, through containers with and without items', () => {
    const items = createItemsStore()
    const nodes = { map: map(5, 'done'), 'map/3/sub': freshNode, 'map/3/sub/loop': map(2, 'done', 'done') }
    chooseItem(items, 'map', 3)
    expect(prefixOf(items.getState(), nodes, path)).toBe('map/3/sub/loop/1/')
    expect(prefixOf(items.getState(), nodes, [])).toBe('')
  })
})
