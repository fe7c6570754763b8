import type { GraphBody } from './document'
import { wireEnds } from './wire-ends'

/** Who feeds whom, by node id. Interface inputs are no nodes here; wires with an end that is not there are left out. All walks are iterative. */
export interface Topology {
  /** node → the nodes that read it */
  readonly readers: ReadonlyMap<string, ReadonlySet<string>>
  /** node → the nodes that it reads */
  readonly sources: ReadonlyMap<string, ReadonlySet<string>>
}

export function topologyOf(body: Pick<GraphBody, 'nodes' | 'wires'>): Topology {
  const known = drawn.get(body.nodes)
  if (known?.wires === body.wires) return known.links
  const links = new Links(Object.keys(body.nodes))
  for (const { from, to } of wireEnds(body)) if (from && to) links.add(from.node, to.node)
  drawn.set(body.nodes, { wires: body.wires, links })
  return links
}

/** Documents are never changed in place, so all who ask share one. */
const drawn = new WeakMap<GraphBody['nodes'], { readonly wires: GraphBody['wires']; readonly links: Topology }>()

/** A topology over these nodes that is being gathered. */
export class Links implements Topology {
  readonly readers = new Map<string, Set<string>>()
  readonly sources = new Map<string, Set<string>>()

  constructor(ids: readonly string[]) {
    for (const id of ids) {
      this.readers.set(id, new Set())
      this.sources.set(id, new Set())
    }
  }

  /** Does nothing when one of the two is no node here. */
  add(from: string, to: string): void {
    const readers = this.readers.get(from)
    const sources = this.sources.get(to)
    if (!readers || !sources) return
    readers.add(to)
    sources.add(from)
  }
}

/** All nodes that can be reached from `start` along `next`, the start included. What is in `known` is not walked again. */
export function reach(
  start: Iterable<string>,
  next: ReadonlyMap<string, ReadonlySet<string>>,
  known?: { has(id: string): boolean },
): Set<string> {
  const found = new Set<string>()
  const stack = [...start]
  while (stack.length > 0) {
    const id = stack.pop()
    if (id === undefined || found.has(id) || known?.has(id)) continue
    found.add(id)
    for (const other of next.get(id) ?? []) stack.push(other)
  }
  return found
}

/** Nodes in an order in which each comes after what it reads; `stuck` are those on a circle or behind one. Ties keep the order of `ids`. */
export function sortTopologically(topology: Topology): Sorted {
  const known = sorted.get(topology)
  if (known) return known
  const waiting = new Map<string, number>()
  const order: string[] = []
  topology.sources.forEach(({ size }, id) => {
    if (size === 0) order.push(id)
    else waiting.set(id, size)
  })
  for (let i = 0; i < order.length; i++) {
    topology.readers.get(order[i]!)?.forEach((reader) => {
      const left = waiting.get(reader)! - 1
      if (left > 0) waiting.set(reader, left)
      else {
        waiting.delete(reader)
        order.push(reader)
      }
    })
  }
  const found = { order, stuck: new Set(waiting.keys()) }
  sorted.set(topology, found)
  return found
}

interface Sorted {
  readonly order: readonly string[]
  readonly stuck: ReadonlySet<string>
}

const sorted = new WeakMap<Topology, Sorted>()

/** One whole circle among `stuck` nodes, each feeding the next and the last the first. */
export function findCycle(topology: Topology, stuck: ReadonlySet<string>): string[] {
  const start = stuck.values().next().value
  if (start === undefined) return []
  // Every stuck node has a stuck source, so walking upstream must come back to where it has been.
  const seen = new Map<string, number>()
  const walk: string[] = []
  let at: string | undefined = start
  while (at !== undefined && !seen.has(at)) {
    seen.set(at, walk.length)
    walk.push(at)
    at = [...(topology.sources.get(at) ?? [])].find((source) => stuck.has(source))
  }
  return at === undefined ? [] : walk.slice(seen.get(at)).reverse()
}
