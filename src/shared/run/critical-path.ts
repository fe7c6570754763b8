import type { GraphDocument } from '../graph/document'
import { topologyOf } from '../graph/topology'
import type { RunState } from './fold'
import type { Segment } from './segments'

export interface CriticalPath {
  /** from the first to begin to the last to end */
  readonly nodes: readonly string[]
  /** time that these nodes were at work, in milliseconds: none of it could be saved by making another node faster */
  readonly ms: number
}

interface Span {
  readonly start: number
  readonly end: number
  readonly lanes: ReadonlySet<string>
}

/**
 * The chain of nodes that decided how long the run took. From the node that ended last it goes back, each time to what that node waited for: the one of its
 * sources that ended last, or, where it stood in line for a model after its sources were done, the node that held the model before it.
 */
export function criticalPath(document: GraphDocument, state: Pick<RunState, 'segments'>): CriticalPath {
  const spans = spansOf(state.segments)
  const { sources } = topologyOf(document)
  const path: string[] = []
  let at = latest([...spans.keys()], spans)
  while (at !== undefined && !path.includes(at)) {
    path.unshift(at)
    at = before(at, spans, sources)
  }
  return { nodes: path, ms: path.reduce((sum, node) => sum + (spans.get(node)?.end ?? 0) - (spans.get(node)?.start ?? 0), 0) }
}

/** Of each node of the graph, from its first bar of work to its last; waiting is not work. What runs inside of a container counts as the container. */
function spansOf(segments: readonly Segment[]): Map<string, Span> {
  const spans = new Map<string, Span>()
  for (const { node, kind, start, end = start, lane } of segments) {
    if (kind === 'wait') continue
    const id = node.split('/')[0] ?? node
    const known = spans.get(id)
    spans.set(id, {
      start: Math.min(known?.start ?? start, start),
      end: Math.max(known?.end ?? end, end),
      lanes: new Set([...(known?.lanes ?? []), lane]),
    })
  }
  return spans
}

function latest(ids: readonly string[], spans: ReadonlyMap<string, Span>): string | undefined {
  const known = ids.filter((id) => spans.has(id))
  return known.reduce<string | undefined>(
    (best, id) => (best === undefined || (spans.get(id)?.end ?? 0) > (spans.get(best)?.end ?? 0) ? id : best),
    undefined,
  )
}

/** Ends that are this close are one moment: events are stamped in whole milliseconds. */
const slackMs = 1

function before(id: string, spans: ReadonlyMap<string, Span>, sources: ReadonlyMap<string, ReadonlySet<string>>): string | undefined {
  const own = spans.get(id)
  if (!own) return undefined
  const source = latest([...(sources.get(id) ?? [])], spans)
  const held = [...spans].filter(
    ([other, span]) => other !== id && span.end <= own.start + slackMs && span.start < own.start && sharesModel(span, own),
  )
  const holder = latest(
    held.map(([other]) => other),
    spans,
  )
  if (holder === undefined) return source
  return (spans.get(holder)?.end ?? 0) > (spans.get(source ?? '')?.end ?? 0) + slackMs ? holder : source
}

const sharesModel = (a: Span, b: Span): boolean => [...a.lanes].some((lane) => lane !== 'processor' && b.lanes.has(lane))
