import { createStore } from 'zustand/vanilla'
import type { Path } from '../../shared/graph/focus'
import type { NodeState } from '../../shared/run/fold'

/**
 * Which item of a Map or turn of a Loop is looked at, by the run path of the container. Events of what runs inside have paths like `map/3/node`
 * (`sub/node` in a plain subgraph): with a chosen item for each container on the way, the cards inside read their own events.
 */
export interface Items {
  readonly chosen: { readonly [container: string]: number }
}
export type ItemsStore = ReturnType<typeof createItemsStore>
export const createItemsStore = () => createStore<Items>(() => ({ chosen: {} }))

export const chooseItem = (items: ItemsStore, container: string, item: number): void =>
  items.setState(({ chosen }) => ({ chosen: { ...chosen, [container]: item } }))

type Nodes = { readonly [node: string]: NodeState }

/** The chosen item; while nothing is chosen, the one that began last. Undefined where the container has no items. */
export function itemOf(items: Items, nodes: Nodes, container: string): number | undefined {
  const found = Object.hasOwn(nodes, container) ? nodes[container]?.items : undefined
  if (!found || found.of === 0) return undefined
  const chosen = items.chosen[container]
  if (chosen !== undefined) return Math.min(chosen, found.of - 1)
  const live = found.states.lastIndexOf('running')
  return live >= 0 ? live : Math.max(0, found.states.length - 1)
}

/** What the ids of nodes inside a container begin with in events. */
export function innerPrefix(items: Items, nodes: Nodes, container: string): string {
  const item = itemOf(items, nodes, container)
  return item === undefined ? `${container}/` : `${container}/${item}/`
}

/** What ids of the shown graph begin with in events: nothing at the top. */
export const prefixOf = (items: Items, nodes: Nodes, path: Path): string =>
  path.reduce((prefix, { node }) => innerPrefix(items, nodes, prefix + node), '')
