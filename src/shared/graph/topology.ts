import { type GraphBody, parseEndpoint } from './document'

/** Who feeds whom, by node id. Interface inputs are no nodes here; wires with an end that is not there are left out. All walks are iterative. */
export interface Topology {
  /** node → the nodes that read it */
  readonly readers: ReadonlyMap<string, ReadonlySet<string>>
  /** node → the nodes that it reads */
  readonly sources: ReadonlyMap<string, ReadonlySet<string>>
}

export function topologyOf(body: Pick<GraphBody, 'nodes' | 'wires'>): Topology {
  const ids = Object.keys(body.nodes)
  const readers = new Map(ids.map((id) => [id, new Set<string>()]))
  const sources = new Map(ids.map((id) => [id, new Set<string>()]))
  for (const wire of body.wires) {
    const from = parseEndpoint(wire.from)?.node
    const to = parseEndpoint(wire.to)?.node
    if (from === undefined || to === undefined || !readers.has(from) || !readers.has(to)) continue
    readers.get(from)?.add(to)
    sources.get(to)?.add(from)
  }
  return { readers, sources }
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
export function sortTopologically(topology: Topology): { readonly order: readonly string[]; readonly stuck: ReadonlySet<string> } {
  const waiting = new Map(Array.from(topology.sources, ([id, sources]) => [id, sources.size]))
  const order = Array.from(waiting).flatMap(([id, count]) => (count === 0 ? [id] : []))
  for (let i = 0; i < order.length; i++) {
    for (const reader of topology.readers.get(order[i] ?? '') ?? []) {
      const left = (waiting.get(reader) ?? 0) - 1
      waiting.set(reader, left)
      if (left === 0) order.push(reader)
    }
  }
  const done = new Set(order)
  return { order, stuck: new Set([...waiting.keys()].filter((id) => !done.has(id))) }
}

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
