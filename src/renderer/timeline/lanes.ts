import type { GraphDocument, GraphNode } from '../../shared/graph/document'
import { aliasOf, nameModel } from '../../shared/graph/models'
import type { Segment } from '../../shared/run/fold'

/** Bars arranged for drawing. Pure. */

/** A model that was in memory already leaves no event of its own: then the lane is the model that the node names. */
export function laneOf(segment: Segment, document: GraphDocument): string {
  if (segment.lane !== 'processor') return segment.lane
  const node = document.nodes[segment.node.split('/')[0] ?? '']
  const alias = node && modelOf(node)
  const model = alias === undefined || !Object.hasOwn(document.models, alias) ? undefined : document.models[alias]
  return alias === undefined || !model ? 'processor' : nameModel(alias, model)
}

const modelOf = (node: GraphNode): string | undefined => Object.values(node.params).flatMap((value) => aliasOf(value) ?? [])[0]

export interface Bar {
  readonly segment: Segment
  readonly row: number
}

export interface Lane {
  readonly name: string
  readonly bars: readonly Bar[]
  readonly rows: number
}

/** Lanes in order of their first bar; bars that overlap stand in rows below each other, those of one node in one row. */
export function lanesOf(segments: readonly Segment[], document: GraphDocument, now: number): Lane[] {
  const byLane = new Map<string, Segment[]>()
  for (const segment of segments) {
    const lane = laneOf(segment, document)
    byLane.set(lane, [...(byLane.get(lane) ?? []), segment])
  }
  return [...byLane].map(([name, own]) => ({ name, ...stack(own, now) }))
}

function stack(segments: readonly Segment[], now: number): { bars: Bar[]; rows: number } {
  const ends: number[] = []
  const byNode = new Map<string, number>()
  const bars = segments.map((segment) => {
    const kept = byNode.get(segment.node)
    const free = kept !== undefined && (ends[kept] ?? 0) <= segment.start ? kept : ends.findIndex((end) => end <= segment.start)
    const row = free < 0 ? ends.length : free
    ends[row] = segment.end ?? now
    byNode.set(segment.node, row)
    return { segment, row }
  })
  return { bars, rows: Math.max(1, ends.length) }
}

export function ticksOf(end: number): number[] {
  const step = niceStep(end / 6)
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step)
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)))
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough) ?? power * 10
}

export const formatTick = (ms: number): string => (ms === 0 ? '0' : ms >= 1000 ? `${Number((ms / 1000).toFixed(2))} s` : `${ms} ms`)
