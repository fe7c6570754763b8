import type { RunEvent } from './events'
import type { NodeState } from './fold-node'

/** A bar on the timeline: `lane` is a model's name, or `processor` for nodes without one. Times on the run's clock in milliseconds. */
export interface Segment {
  readonly node: string
  readonly lane: string
  readonly kind: 'wait' | 'load' | 'prompt' | 'decode' | 'work' | 'cached'
  readonly start: number
  /** absent while it goes on */
  readonly end?: number
}

/** Adds or ends bars as events arrive. Gives the same array back when nothing changes. */
export function applySegments(
  segments: readonly Segment[],
  nodes: { readonly [node: string]: NodeState },
  event: RunEvent,
): readonly Segment[] {
  switch (event.type) {
    case 'node.queued':
      return [...segments, { node: event.node, lane: laneOf(nodes, event.node), kind: 'wait', start: event.t }]
    case 'node.skipped':
      return waited(segments, nodes, event.node, event.t)
    case 'node.cached':
      return [
        ...waited(segments, nodes, event.node, event.t),
        { node: event.node, lane: laneOf(nodes, event.node), kind: 'cached', start: event.t, end: event.t },
      ]
    case 'node.start':
      return [
        ...waited(segments, nodes, event.node, event.t),
        { node: event.node, lane: laneOf(nodes, event.node), kind: 'work', start: event.t },
      ]
    case 'model.load.start':
      return begin(inLane(segments, event.node, event.model), event.node, event.model, 'load', event.t)
    case 'model.load.end':
      return begin(segments, event.node, event.model, 'work', event.t)
    case 'prompt.progress':
      return openOf(segments, event.node)?.kind === 'prompt' ? segments : begin(segments, event.node, undefined, 'prompt', event.t)
    case 'token':
      return openOf(segments, event.node)?.kind === 'decode' ? segments : begin(segments, event.node, undefined, 'decode', event.t)
    case 'node.end':
      return split(segments, event)
    case 'node.error':
      return close(segments, event.node, event.t)
    case 'run.end':
      return segments.some(({ end }) => end === undefined) ? segments.map((segment) => ended(segment, event.t)) : segments
    default:
      return segments
  }
}

const laneOf = (nodes: { readonly [node: string]: NodeState }, node: string): string =>
  (Object.hasOwn(nodes, node) ? nodes[node]?.model?.name : undefined) ?? 'processor'

/** A node that stood in line stops waiting; of all others nothing is searched for. */
const waited = (
  segments: readonly Segment[],
  nodes: { readonly [node: string]: NodeState },
  node: string,
  t: number,
): readonly Segment[] => (Object.hasOwn(nodes, node) && nodes[node]?.phase === 'queued' ? close(segments, node, t, false) : segments)

/** Only when a model begins to load is it known that the node had waited for that one. */
const inLane = (segments: readonly Segment[], node: string, lane: string): readonly Segment[] =>
  segments.map((segment) => (segment.node === node && segment.kind === 'wait' ? { ...segment, lane } : segment))

const openIndex = (segments: readonly Segment[], node: string): number =>
  segments.findLastIndex((segment) => segment.node === node && segment.end === undefined)

const openOf = (segments: readonly Segment[], node: string): Segment | undefined => segments[openIndex(segments, node)]

const ended = (segment: Segment, t: number): Segment => (segment.end === undefined ? { ...segment, end: t } : segment)

/** The node's open bar ends at `t`; one without any length was never there. */
function close(segments: readonly Segment[], node: string, t: number, keepEmpty = true): readonly Segment[] {
  const index = openIndex(segments, node)
  const open = segments[index]
  if (!open) return segments
  return open.start === t && !keepEmpty ? segments.toSpliced(index, 1) : segments.with(index, { ...open, end: t })
}

/** The node goes over to another kind of work: its open bar ends and the next one begins. */
function begin(segments: readonly Segment[], node: string, lane: string | undefined, kind: Segment['kind'], t: number): readonly Segment[] {
  const open = openOf(segments, node)
  return [...close(segments, node, t, false), { node, lane: lane ?? open?.lane ?? 'processor', kind, start: t }]
}

/** At its end a node's exact times are known: a bar of plain work that was really prompt and decoding is told as such. */
function split(segments: readonly Segment[], event: Extract<RunEvent, { type: 'node.end' }>): readonly Segment[] {
  const open = openOf(segments, event.node)
  const { promptMs, decodeMs } = event.usage
  if (open?.kind !== 'work' || promptMs + decodeMs <= 0) return close(segments, event.node, event.t)
  const decodeStart = Math.max(open.start, event.t - decodeMs)
  const promptStart = Math.max(open.start, decodeStart - promptMs)
  const bars: Segment[] = [
    { ...open, end: promptStart },
    { ...open, kind: 'prompt', start: promptStart, end: decodeStart },
    { ...open, kind: 'decode', start: decodeStart, end: event.t },
  ]
  return segments.toSpliced(openIndex(segments, event.node), 1, ...bars.filter((bar) => (bar.end ?? 0) > bar.start))
}
