import type { GraphDocument } from '../../shared/graph/document'
import { sortTopologically, topologyOf } from '../../shared/graph/topology'

/** Where things stand: as `ui` says; what has no place yet stands in layers from left to right, in order of the wires. */
export function placesOf(document: GraphDocument): (id: string) => { x: number; y: number } {
  const unplaced = [
    ...Object.keys(document.interface.inputs).map((name) => `@${name}`),
    ...Object.keys(document.nodes),
    ...Object.keys(document.interface.outputs).map((name) => `=${name}`),
  ].filter((id) => !document.ui.nodes[id])
  const guessed = unplaced.length > 0 ? layers(document, unplaced) : new Map<string, { x: number; y: number }>()
  return (id) => {
    const layout = document.ui.nodes[id]
    return layout ? { x: layout.x, y: layout.y } : (guessed.get(id) ?? { x: 0, y: 0 })
  }
}

function layers(document: GraphDocument, unplaced: readonly string[]): Map<string, { x: number; y: number }> {
  const topology = topologyOf(document)
  const depth = new Map<string, number>()
  for (const id of sortTopologically(topology).order) {
    depth.set(id, Math.max(0, ...[...(topology.sources.get(id) ?? [])].map((source) => (depth.get(source) ?? 0) + 1)))
  }
  const last = Math.max(0, ...depth.values())
  const placed = Object.values(document.ui.nodes)
  const top = placed.length > 0 ? Math.max(...placed.map(({ y }) => y)) + 260 : 0
  const filled = new Map<number, number>()
  return new Map(
    unplaced.map((id) => {
      const column = id.startsWith('@') ? 0 : id.startsWith('=') ? last + 2 : (depth.get(id) ?? 0) + 1
      const row = filled.get(column) ?? 0
      filled.set(column, row + 1)
      return [id, { x: column * 330, y: top + row * 240 }] as const
    }),
  )
}
