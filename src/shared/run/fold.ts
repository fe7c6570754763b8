import type { ErrorReport } from '../errors'
import type { RunEvent, RunStatus, RunTotals } from './events'
import { applyNodeEvent, type NodeState } from './fold-node'
import { applySegments, type Segment } from './segments'

export type { ItemState, NodeState, OutputState, Phase, Times } from './fold-node'
export type { Segment } from './segments'

/** What the screen shows of a run: nothing but the fold of its events, so a live run, a reopened one and a replay are the same code. */
/** A number measured on the way; of a search one for each candidate, with its place. */
export type Metric = Pick<Extract<RunEvent, { type: 'metric' }>, 'name' | 'value' | 'node' | 'step' | 'point'>

export interface RunState {
  readonly run: string
  readonly status: RunStatus | 'waiting' | 'running'
  readonly graph: string
  readonly seed: number
  readonly device: string
  readonly resumes?: string
  /** number of the last event; the next one expected is one more */
  readonly seq: number
  /** milliseconds since the start, by the last event */
  readonly t: number
  /** by node path; a node without events is not here */
  readonly nodes: { readonly [node: string]: NodeState }
  /** what each model (or, without one, the processor) did when, for the timeline */
  readonly segments: readonly Segment[]
  readonly warnings: readonly { readonly t: number; readonly message: string; readonly node?: string }[]
  readonly metrics: readonly Metric[]
  readonly outputs: Extract<RunEvent, { type: 'run.end' }>['outputs']
  readonly totals: RunTotals
  /** nodes with pinned outputs, once the run has ended */
  readonly pinned?: readonly string[]
  readonly exit?: number
  readonly error?: ErrorReport
}

export const noRun: RunState = {
  run: '',
  status: 'waiting',
  graph: '',
  seed: 0,
  device: '',
  seq: -1,
  t: 0,
  nodes: {},
  segments: [],
  warnings: [],
  metrics: [],
  outputs: {},
  totals: { wallMs: 0, loadMs: 0, promptMs: 0, decodeMs: 0, tokens: 0, peakBytes: 0, ran: 0, hits: 0 },
}

/**
 * The state after one more event. What the event does not concern stays the same object: a node's slice changes only with its own events.
 * An event that was already folded (a reconnect repeats some) changes nothing; one of an unknown type only moves `seq` and `t`.
 */
export const foldEvent = (state: RunState, event: RunEvent): RunState => foldOne(state, event, undefined)

/** Many events at once, as they come each frame or from the store: the same state as one by one, without a copy of all nodes for each. */
export function foldEvents(events: Iterable<RunEvent>, from: RunState = noRun): RunState {
  const own: Own = { nodes: undefined }
  let state = from
  for (const event of events) state = foldOne(state, event, own)
  return state
}

/** The record of nodes that this batch made itself and nobody has seen yet: it may be changed in place. */
interface Own {
  nodes: { [node: string]: NodeState } | undefined
}

function foldOne(state: RunState, event: RunEvent, own: Own | undefined): RunState {
  if (event.seq <= state.seq) return state
  const segments = applySegments(state.segments, state.nodes, event)
  const node = 'node' in event && typeof event.node === 'string' ? event.node : undefined
  const nodes = node === undefined ? state.nodes : withNode(state.nodes, node, event, own)
  return applyRunEvent({ ...state, seq: event.seq, t: Math.max(state.t, event.t), segments, nodes }, event)
}

function withNode(nodes: RunState['nodes'], node: string, event: RunEvent, own: Own | undefined): RunState['nodes'] {
  const before = Object.hasOwn(nodes, node) ? nodes[node] : undefined
  const after = applyNodeEvent(before, event)
  if (after === before || after === undefined) return nodes
  if (!own) return { ...nodes, [node]: after }
  if (own.nodes !== nodes) own.nodes = { ...nodes }
  own.nodes[node] = after
  return own.nodes
}

function applyRunEvent(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case 'run.start': {
      const { run, graph, seed, device, resumes } = event
      return { ...state, status: 'running', run, graph, seed, device, ...(resumes === undefined ? {} : { resumes }) }
    }
    case 'run.plan':
      return { ...state, nodes: planned(state.nodes, event) }
    case 'warn':
      return {
        ...state,
        warnings: [...state.warnings, { t: event.t, message: event.message, ...(event.node === undefined ? {} : { node: event.node }) }],
      }
    case 'metric': {
      const { name, value, node, step, point } = event
      const metric = {
        name,
        value,
        ...(node === undefined ? {} : { node }),
        ...(step === undefined ? {} : { step }),
        ...(point ? { point } : {}),
      }
      return { ...state, metrics: [...state.metrics, metric] }
    }
    case 'node.end':
      return { ...state, totals: addUsage(state.totals, event) }
    case 'node.cached':
      return { ...state, totals: { ...state.totals, hits: state.totals.hits + 1 } }
    case 'run.end': {
      const { status, outputs, exit, error, totals, pinned } = event
      const more = { ...(error === undefined ? {} : { error }), ...(pinned === undefined ? {} : { pinned }) }
      return { ...state, status, outputs, exit, totals, nodes: settle(state.nodes, status), ...more }
    }
    default:
      return state
  }
}

function planned(nodes: RunState['nodes'], event: Extract<RunEvent, { type: 'run.plan' }>): RunState['nodes'] {
  const added = event.nodes.map(({ node, action, reason }) => {
    const before = Object.hasOwn(nodes, node) ? nodes[node] : undefined
    const after = applyNodeEvent(before, event)
    return [node, { ...(after ?? before), plan: { action, reason } } as NodeState] as const
  })
  return { ...nodes, ...Object.fromEntries(added) }
}

/** Sums grow while the run goes on; `run.end` brings the final ones. */
function addUsage(totals: RunTotals, event: Extract<RunEvent, { type: 'node.end' }>): RunTotals {
  const { usage } = event
  return {
    ...totals,
    wallMs: Math.max(totals.wallMs, event.t),
    loadMs: totals.loadMs + usage.loadMs,
    promptMs: totals.promptMs + usage.promptMs,
    decodeMs: totals.decodeMs + usage.decodeMs,
    tokens: totals.tokens + usage.tokens,
    ran: totals.ran + 1,
  }
}

/** When a run ends, nothing in it goes on: what was at work was stopped, what waited was never begun. */
function settle(nodes: RunState['nodes'], status: RunStatus): RunState['nodes'] {
  const isOver = status === 'done'
  const entries = Object.entries(nodes).map(([id, node]): [string, NodeState] => {
    if (node.phase === 'running') return [id, { ...node, phase: isOver ? 'done' : 'stopped' }]
    if (node.phase === 'queued' || node.phase === 'planned' || node.phase === 'paused')
      return [id, { ...node, phase: isOver ? 'idle' : 'stopped' }]
    return [id, node]
  })
  return entries.every(([id, node]) => nodes[id] === node) ? nodes : Object.fromEntries(entries)
}
