import type { ErrorReport } from '../errors'
import type { Json } from '../json'
import type { WireKind } from '../wire'
import { type NodeUsage, noUsage, type PlannedNode, type RunEvent } from './events'
import { type NodeProgress, nextProgress } from './progress'
import type { HeldToken } from './token-break'

export type Phase = 'idle' | 'planned' | 'queued' | 'paused' | 'running' | 'done' | 'cached' | 'skipped' | 'failed' | 'stopped'

/** Where a node's time went, in milliseconds. While it runs they grow with its events; at its end they are exact. */
export interface Times {
  readonly waitMs: number
  readonly loadMs: number
  readonly promptMs: number
  readonly decodeMs: number
  /** neither of these */
  readonly otherMs: number
  readonly totalMs: number
}

export interface OutputState {
  readonly kind: WireKind
  readonly list: boolean
  readonly sha: string
  readonly sizeBytes: number
  readonly preview: Json
}

export type ItemState = 'running' | 'done' | 'failed' | 'skipped'

/** What the screen shows of one node in one run. */
export interface NodeState {
  readonly phase: Phase
  /** what was planned before the run began, and why */
  readonly plan?: Pick<PlannedNode, 'action' | 'reason'>
  /** why it ran, was taken from the cache, or was skipped */
  readonly reason?: string
  readonly waitingFor?: string
  readonly attempt: number
  readonly seed?: number
  /** text so far, while it streams; the output replaces it */
  readonly text: string
  readonly outputs: { readonly [port: string]: OutputState }
  readonly times: Times
  readonly usage: NodeUsage
  /** of decoding; 0 until there is something to measure */
  readonly tokensPerSecond: number
  readonly progress?: NodeProgress
  readonly model?: { readonly name: string; readonly sizeBytes: number; readonly fraction: number; readonly loaded: boolean }
  readonly cached?: { readonly key: string; readonly fromRun: string; readonly ageMs: number }
  /** the last failure; stays visible while a retry is under way, goes when it succeeds */
  readonly error?: ErrorReport
  readonly retry?: { readonly attempt: number; readonly delayMs: number }
  /** of a container: how many items, and the state of each that has begun */
  readonly items?: { readonly of: number; readonly states: readonly (ItemState | undefined)[] }
  /** outputs whose values a person pinned */
  readonly pinned?: readonly string[]
  /** a person chose a token of what it wrote: that is not what the node alone gives */
  readonly guided?: boolean
  /** what it is held before, while it pauses in the middle of a text */
  readonly held?: HeldToken
  readonly warnings: readonly string[]
  readonly marks: Marks
}

/** Moments on the run's clock, from which times are told while the node is still at work. */
export interface Marks {
  readonly queuedAt?: number
  readonly startedAt?: number
  readonly endedAt?: number
  readonly firstTokenAt?: number
  readonly lastTokenAt?: number
}

const noTimes: Times = { waitMs: 0, loadMs: 0, promptMs: 0, decodeMs: 0, otherMs: 0, totalMs: 0 }

export const freshNode: NodeState = {
  phase: 'idle',
  attempt: 0,
  text: '',
  outputs: {},
  times: noTimes,
  usage: noUsage,
  tokensPerSecond: 0,
  warnings: [],
  marks: {},
}

/** The state of a node after an event about it. An event that says nothing new about a node gives the same object back. */
export function applyNodeEvent(before: NodeState | undefined, event: RunEvent): NodeState | undefined {
  const state = before ?? freshNode
  switch (event.type) {
    case 'run.plan':
      return { ...state, phase: state.phase === 'idle' ? 'planned' : state.phase }
    case 'node.queued': {
      const marks = { ...state.marks, queuedAt: state.marks.queuedAt ?? event.t }
      const waiting = event.waitingFor === undefined ? {} : { waitingFor: event.waitingFor }
      return { ...without(state, ['waitingFor']), ...waiting, phase: 'queued', marks }
    }
    case 'node.cached': {
      const { key, fromRun, ageMs, reason } = event
      return { ...without(state, ['waitingFor']), phase: 'cached', reason, cached: { key, fromRun, ageMs } }
    }
    case 'node.start':
      return started(state, event)
    case 'node.skipped':
      return { ...without(state, ['waitingFor']), phase: 'skipped', reason: event.reason }
    case 'break.hit':
      return { ...state, phase: 'paused', reason: event.reason }
    case 'break.token':
      return { ...without(state, ['progress']), phase: 'paused', reason: event.reason, held: event.held }
    case 'break.left':
      return state.held
        ? { ...without(state, ['reason', 'held']), phase: 'running', ...(event.choice === undefined ? {} : { guided: true }) }
        : { ...without(state, ['reason']), phase: 'planned' }
    case 'node.pinned': {
      const reason = 'its value is pinned by hand'
      return state.phase === 'done' ? { ...state, pinned: event.ports } : { ...state, phase: 'cached', reason, pinned: event.ports }
    }
    case 'node.progress':
      return withProgress(state, event, event.unit)
    case 'prompt.progress':
      return withProgress(state, event, 'prompt tokens')
    case 'node.output': {
      const { port, kind, list, sha, sizeBytes, preview } = event
      return { ...state, outputs: { ...state.outputs, [port]: { kind, list, sha, sizeBytes, preview } } }
    }
    case 'node.end':
      return ended(state, event)
    case 'node.error': {
      const error = event.error
      if (!event.final) return { ...state, error, attempt: event.attempt }
      return {
        ...without(state, ['progress', 'retry']),
        phase: 'failed',
        error,
        attempt: event.attempt,
        marks: { ...state.marks, endedAt: event.t },
      }
    }
    case 'node.retry':
      return { ...state, phase: 'queued', retry: { attempt: event.attempt, delayMs: event.delayMs } }
    case 'warn':
      return { ...state, warnings: [...state.warnings, event.message] }
    case 'item.start':
    case 'item.end':
      return withItem(state, event)
    case 'model.load.start':
    case 'model.load.progress':
    case 'model.load.end':
      return withLoad(state, event)
    case 'token':
      return withToken(state, event)
    default:
      return before
  }
}

/** What is complete is over: the node goes on to something else. */
function withProgress(state: NodeState, event: EventOf<'node.progress' | 'prompt.progress'>, unit: string): NodeState {
  if (event.done >= event.total) return without(state, ['progress'])
  return { ...state, progress: nextProgress(state.progress, event, unit) }
}

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>

/** A new attempt begins from nothing: what a failed one streamed is gone. */
function started(state: NodeState, event: EventOf<'node.start'>): NodeState {
  const { queuedAt } = state.marks
  return {
    ...without(state, ['waitingFor', 'retry', 'progress', 'cached', 'held', 'guided']),
    phase: 'running',
    reason: event.reason,
    attempt: event.attempt,
    seed: event.seed,
    text: '',
    usage: noUsage,
    tokensPerSecond: 0,
    times: { ...noTimes, waitMs: queuedAt === undefined ? 0 : event.t - queuedAt },
    marks: { ...(queuedAt === undefined ? {} : { queuedAt }), startedAt: event.t },
  }
}

function ended(state: NodeState, event: EventOf<'node.end'>): NodeState {
  const { ms } = event
  // Runs of earlier versions tell less.
  const usage = { ...noUsage, ...event.usage }
  const known = usage.waitMs + usage.loadMs + usage.promptMs + usage.decodeMs
  const { waitMs, loadMs, promptMs, decodeMs } = usage
  return {
    ...without(state, ['progress', 'error', 'retry', 'model']),
    ...(state.model ? { model: { ...state.model, fraction: 1, loaded: true } } : {}),
    phase: 'done',
    usage,
    times: { waitMs, loadMs, promptMs, decodeMs, otherMs: Math.max(0, ms - known), totalMs: ms },
    tokensPerSecond: decodeMs > 0 ? (usage.tokens * 1000) / decodeMs : 0,
    marks: { ...state.marks, endedAt: event.t },
  }
}

function withItem(state: NodeState, event: EventOf<'item.start' | 'item.end'>): NodeState {
  const before = state.items ?? { of: 0, states: [] }
  const status: ItemState = event.type === 'item.start' ? 'running' : event.status
  const of = event.type === 'item.start' ? event.of : Math.max(before.of, event.item + 1)
  const states = before.states.slice()
  states[event.item] = status
  return { ...state, items: { of, states } }
}

function withLoad(state: NodeState, event: EventOf<'model.load.start' | 'model.load.progress' | 'model.load.end'>): NodeState {
  if (event.type === 'model.load.start') {
    return { ...state, model: { name: event.model, sizeBytes: event.sizeBytes, fraction: 0, loaded: false } }
  }
  const model = state.model ?? { name: event.model, sizeBytes: 0, fraction: 0, loaded: false }
  if (event.type === 'model.load.progress') return { ...state, model: { ...model, fraction: event.fraction } }
  return { ...state, model: { ...model, fraction: 1, loaded: true }, times: { ...state.times, loadMs: state.times.loadMs + event.ms } }
}

function withToken(state: NodeState, event: EventOf<'token'>): NodeState {
  const firstTokenAt = state.marks.firstTokenAt ?? event.t
  const tokens = state.usage.tokens + event.tokens
  const decodeMs = event.t - firstTokenAt
  const { startedAt } = state.marks
  const promptMs = startedAt === undefined ? 0 : Math.max(0, firstTokenAt - startedAt - state.times.loadMs)
  return {
    ...without(state, ['progress']),
    text: state.text + event.text,
    usage: {
      ...state.usage,
      tokens,
      accepted: state.usage.accepted + event.accepted,
      drafted: state.usage.drafted + event.accepted + event.rejected,
    },
    times: { ...state.times, promptMs, decodeMs, totalMs: startedAt === undefined ? 0 : event.t - startedAt },
    tokensPerSecond:
      decodeMs > 0 ? ((tokens - (state.marks.firstTokenAt === undefined ? 0 : firstBatch(state, event))) * 1000) / decodeMs : 0,
    marks: { ...state.marks, firstTokenAt, lastTokenAt: event.t },
  }
}

/** The first delta marks the beginning of the clock, so its tokens do not count into the rate; one is a good guess of its size. */
const firstBatch = (state: NodeState, event: EventOf<'token'>): number => (state.usage.tokens + event.tokens > 1 ? 1 : 0)

function without<K extends keyof NodeState>(state: NodeState, keys: readonly K[]): Omit<NodeState, K> {
  if (keys.every((key) => state[key] === undefined)) return state
  return Object.fromEntries(Object.entries(state).filter(([key]) => !keys.includes(key as K))) as Omit<NodeState, K>
}
