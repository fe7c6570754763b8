import { createStore } from 'zustand/vanilla'
import type { RunCard } from '../../shared/api'
import type { GraphDocument } from '../../shared/graph/document'
import { parseEndpoint } from '../../shared/graph/document'
import { focusOn } from '../../shared/graph/focus'
import { has } from '../../shared/graph/ids'
import { hashSubgraph, subgraphsWithin } from '../../shared/graph/subgraph-hash'
import { reach, topologyOf } from '../../shared/graph/topology'
import { canonicalJson } from '../../shared/json'
import type { RunEvent } from '../../shared/run/events'
import { foldEvents, type NodeState, noRun, type Phase, type RunState } from '../../shared/run/fold'

/** The run that is shown on a graph: a fold of its events, and what has changed in the graph since. */
export interface RunView {
  readonly id: string | undefined
  readonly state: RunState
  readonly live: boolean
  /** the graph as the run had it; absent until it is known */
  readonly ran: GraphDocument | undefined
  /** nodes whose result no longer belongs to what the graph says now */
  readonly stale: ReadonlySet<string>
  /** a run of the past that is looked at as it was */
  readonly asOf: RunCard | undefined
  /** the moment of the run that is shown, in milliseconds after its start, and the whole run meanwhile */
  readonly moment: number | undefined
  readonly whole: RunState | undefined
  /** between the press on Run and the first event */
  readonly starting: boolean
}

export type RunStore = ReturnType<typeof createRunStore>
export type NodeStatus = Phase | 'stale'

const noStale: ReadonlySet<string> = new Set()
export const emptyRun: RunView = {
  id: undefined,
  state: noRun,
  live: false,
  ran: undefined,
  stale: noStale,
  asOf: undefined,
  moment: undefined,
  whole: undefined,
  starting: false,
}

export const createRunStore = () => createStore<RunView>(() => emptyRun)

/** Takes events in; those that were folded before change nothing. */
export function receive(store: RunStore, events: readonly RunEvent[]): void {
  if (events.length === 0) return
  const { state } = store.getState()
  const next = foldEvents(events, state)
  if (next !== state) store.setState({ state: next, live: next.status === 'running' || next.status === 'waiting', starting: false })
}

/** Does some node wait at a breakpoint? */
export const isPaused = (run: RunView): boolean => run.live && Object.values(run.state.nodes).some(({ phase }) => phase === 'paused')

export const nodeRun = (run: RunView, id: string): NodeState | undefined =>
  Object.hasOwn(run.state.nodes, id) ? run.state.nodes[id] : undefined

/** `id` and those below are run paths: `map/3/answer`. Whether a result is stale is a matter of the graph, the same for all items. */
export function statusOf(run: RunView, id: string): NodeStatus {
  const phase = nodeRun(run, id)?.phase ?? 'idle'
  return (phase === 'done' || phase === 'cached') && isStale(run, id) ? 'stale' : phase
}

const isStale = (run: RunView, id: string): boolean => run.stale.size > 0 && run.stale.has(withoutItems(id))
const withoutItems = (path: string): string => (path.includes('/') ? path.replace(/\/\d+(?=\/)/g, '') : path)

/** Whether a node's card may have something else to show: its own state, or which results are stale. */
export const runDiffers = (now: RunView, before: RunView, id: string): boolean =>
  nodeRun(now, id) !== nodeRun(before, id) || now.stale !== before.stale

export function reasonOf(run: RunView, id: string): string | undefined {
  const node = nodeRun(run, id)
  if (!node) return undefined
  if (isStale(run, id) && (node.phase === 'done' || node.phase === 'cached')) return 'The graph changed since this result was made.'
  if (node.phase === 'failed') return node.error?.message
  return node.reason ?? node.plan?.reason
}

/**
 * The nodes whose own settings or incoming wires differ from what ran, and all that they feed; of containers also what runs inside, as `container/node`.
 * Layout, titles and notes are no difference.
 */
export function staleNodes(ran: GraphDocument | undefined, now: GraphDocument): ReadonlySet<string> {
  if (!ran || isSame(ran, now)) return noStale
  const found = new Set<string>()
  collectStale(ran, now, '', false, found)
  return found.size === 0 ? noStale : found
}

const isSame = (ran: GraphDocument, now: GraphDocument) =>
  ran.nodes === now.nodes && ran.wires === now.wires && ran.models === now.models && ran.subgraphs === now.subgraphs

/** `all`: the graph gets other values than it had, so nothing in it stands. */
function collectStale(ran: GraphDocument, now: GraphDocument, prefix: string, all: boolean, found: Set<string>): void {
  const ids = Object.keys(now.nodes)
  const own = all ? ids : ids.filter((id) => differs(ran, now, id))
  const inside = ids.filter((id) => !all && innerDiffers(ran, now, now.nodes[id]?.subgraph))
  if (own.length === 0 && inside.length === 0) return
  const { readers } = topologyOf(now)
  const whole = reach([...own, ...inside.flatMap((id) => [...(readers.get(id) ?? [])])], readers)
  for (const id of new Set([...whole, ...inside])) {
    found.add(prefix + id)
    const scope = now.nodes[id]?.subgraph
    if (scope !== undefined && Object.hasOwn(now.subgraphs, scope) && prefix.length < deepest)
      collectStale(focusOn(ran, scope), focusOn(now, scope), `${prefix}${id}/`, whole.has(id), found)
  }
}
/** Characters of a path: an end for graphs that contain each other in a circle, which nothing runs. */
const deepest = 2000

function innerDiffers(ran: GraphDocument, now: GraphDocument, scope: string | undefined): boolean {
  if (scope === undefined || ran.subgraphs === now.subgraphs) return false
  const here = subgraphsWithin(now, scope)
  const same = Object.entries(here).every(([id, body]) => Object.hasOwn(ran.subgraphs, id) && ran.subgraphs[id] === body)
  return !same && hashSubgraph(ran, scope) !== hashSubgraph(now, scope)
}

/** The same objects are the same; only what an edit made anew is compared by what it says. */
function differs(ran: GraphDocument, now: GraphDocument, id: string): boolean {
  const same = has(ran.nodes, id) && ran.nodes[id] === now.nodes[id] && ran.models === now.models
  if (same && ran.wires === now.wires) return false
  const wires = [incoming(ran, id), incoming(now, id)]
  if (same) return wires[0] !== wires[1]
  return wires[0] !== wires[1] || signature(ran, id) !== signature(now, id)
}

function signature(document: GraphDocument, id: string): string {
  const node = has(document.nodes, id) ? document.nodes[id] : undefined
  if (!node) return ''
  const { title: _title, ...rest } = node
  const models = Object.values(node.params).flatMap((value) =>
    typeof value === 'string' && value.startsWith('model:') ? [document.models[value.slice(6)] ?? null] : [],
  )
  return canonicalJson([rest, models])
}

const incomingByWires = new WeakMap<GraphDocument['wires'], ReadonlyMap<string, string>>()

/** The wires into a node, as one text. */
function incoming({ wires }: GraphDocument, id: string): string | undefined {
  const known = incomingByWires.get(wires) ?? gathered(wires)
  incomingByWires.set(wires, known)
  return known.get(id)
}

function gathered(wires: GraphDocument['wires']): ReadonlyMap<string, string> {
  const ends = new Map<string, string[]>()
  for (const { from, to } of wires) {
    const node = parseEndpoint(to)?.node
    if (node !== undefined) ends.set(node, [...(ends.get(node) ?? []), `${from}>${to}`])
  }
  return new Map([...ends].map(([node, some]) => [node, some.sort().join('\n')]))
}

export function refreshStale(store: RunStore, document: GraphDocument): void {
  const { ran, stale } = store.getState()
  const next = staleNodes(ran, document)
  const same = next.size === stale.size && [...next].every((id) => stale.has(id))
  if (!same) store.setState({ stale: next })
}
