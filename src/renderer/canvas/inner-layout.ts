import { type GraphDocument, parseEndpoint } from '../../shared/graph/document'
import type { NodeSpecs } from '../../shared/graph/specs'
import { sortTopologically, topologyOf } from '../../shared/graph/topology'
import { type WireFamily, wireKinds } from '../../shared/wire'
import { outputAt } from './flow-mapping'

/** The graph inside a container as it is drawn on the container's card: small boxes in columns by depth, in the order in which a person placed them. Pure. */
export interface InnerLayout {
  readonly boxes: readonly { readonly id: string; readonly x: number; readonly y: number }[]
  readonly wires: readonly { readonly key: string; readonly path: string; readonly family: WireFamily }[]
  readonly width: number
  readonly height: number
}

export const innerBox = { width: 154, height: 44 }
const gap = { x: 30, y: 10 }
/** Beyond this many, boxes would say less than a picture of the whole. */
export const mostBoxes = 24

export function innerLayout(graph: GraphDocument, specs: NodeSpecs): InnerLayout {
  const topology = topologyOf(graph)
  const depth = new Map<string, number>()
  const { order, stuck } = sortTopologically(topology)
  for (const id of [...order, ...stuck])
    depth.set(id, Math.max(0, ...[...(topology.sources.get(id) ?? [])].map((source) => (depth.get(source) ?? -1) + 1)))
  const columns = new Map<number, string[]>()
  for (const [id, column] of depth) columns.set(column, [...(columns.get(column) ?? []), id])
  const top = (id: string) => graph.ui.nodes[id]?.y ?? 0
  const tallest = Math.max(1, ...[...columns.values()].map((ids) => ids.length))
  const height = tallest * (innerBox.height + gap.y) - gap.y
  const places = new Map<string, { x: number; y: number }>()
  for (const [column, ids] of columns) {
    const free = (height - (ids.length * (innerBox.height + gap.y) - gap.y)) / 2
    ids.sort((a, b) => top(a) - top(b))
    for (const [row, id] of ids.entries())
      places.set(id, { x: gap.x / 2 + column * (innerBox.width + gap.x), y: free + row * (innerBox.height + gap.y) })
  }
  const width = Math.max(1, columns.size) * (innerBox.width + gap.x)
  const all = [
    ...graph.wires,
    ...Object.entries(graph.interface.outputs).flatMap(([name, { from }]) => (from === undefined ? [] : [{ from, to: `=${name}` }])),
  ]
  const wires = all.flatMap(({ from, to }) => {
    const start = parseEndpoint(from)
    const end = parseEndpoint(to)
    if (!start || !end) return []
    const a = places.get(start.node)
    const b = places.get(end.node)
    const half = innerBox.height / 2
    const x1 = a ? a.x + innerBox.width : 0
    const x2 = b ? b.x : width
    const y1 = a ? a.y + half : (b?.y ?? 0) + half
    const y2 = b ? b.y + half : y1
    const bend = Math.max(8, (x2 - x1) / 2)
    const family = wireKinds[outputAt(graph, specs, start.node, start.port)?.wire ?? 'any'].family
    return [{ key: `${from}>${to}`, path: `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`, family }]
  })
  return { boxes: Array.from(places, ([id, place]) => ({ id, ...place })), wires, width, height }
}
