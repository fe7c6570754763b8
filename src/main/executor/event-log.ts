import type { RunEvent, RunEventBody } from '../../shared/run/events'
import type { NewResult, NewValue, NodeExec, RunBatch, RunEnd, RunStore } from './interfaces'

export interface EventLogParts {
  readonly run: string
  readonly startedAt: number
  readonly store: RunStore['runs']
  readonly now: () => number
  /** told of each batch after its commit */
  readonly onCommitted: (events: readonly RunEvent[]) => void
  /** a commit failed; its batch is kept and tried again with the next one */
  readonly onBroken: (error: unknown) => void
}

/**
 * Collects what happens and commits it in batches, each one transaction; only then is it told. State events wait for the event loop to turn (so a
 * hundred trivial nodes share one commit), tokens and progress for a frame of the screen. Where the disk is slow, batches grow: a run spends at most
 * a third of its time waiting for it.
 */
export interface EventLog {
  /** a change of state: committed as soon as the event loop turns */
  state(body: RunEventBody): void
  /** tokens and progress: may wait for the next batch */
  progress(body: RunEventBody): void
  /** First outcome wins: a node that is done stays done. What runs again after it failed gets the next number. */
  exec(exec: NodeExec): void
  value(value: NewValue): void
  result(result: NewResult): void
  touch(key: string): void
  isPendingResult(key: string): boolean
  isPendingValue(sha: string): boolean
  /** Commits now. Does nothing when nothing waits. */
  flush(): void
  /** Commits the rest together with the end. Throws when the store refuses; the batch is kept. */
  end(body: Extract<RunEventBody, { type: 'run.end' }>, end: RunEnd): void
}

/** one frame of the screen */
const frameMs = 16
/** while trivial nodes keep the event loop from turning, they share a commit this long */
const busyMs = 50
/** nobody waits longer than this for an event, however slow the disk */
const longestWaitMs = 250
const batchEvents = 4000

export function createEventLog(parts: EventLogParts): EventLog {
  const { run, startedAt, store, now, onCommitted, onBroken } = parts
  let seq = 0
  let events: RunEvent[] = []
  let execs = new Map<string, NodeExec>()
  let values = new Map<string, NewValue>()
  let results = new Map<string, NewResult>()
  let touched: string[] = []
  let oldest = 0
  let timer: NodeJS.Timeout | undefined
  let turn: NodeJS.Immediate | undefined
  /** how long the last commit took, and when it ended */
  let last = { ms: 0, at: 0 }

  /** the last word on each node and item of the whole run */
  const known = new Map<string, Pick<NodeExec, 'attempt' | 'status'>>()

  /** Gives the time. */
  const append = (body: RunEventBody): number => {
    const at = now()
    if (events.length === 0) oldest = at
    events.push({ e: 1, seq: seq++, t: Math.round((at - startedAt) * 1000) / 1000, run, ...body })
    return at
  }

  const commit = (end?: RunEnd): void => {
    clearTimeout(timer)
    clearImmediate(turn)
    timer = turn = undefined
    const batch: RunBatch = {
      events,
      execs: [...execs.values()],
      values: [...values.values()],
      results: [...results.values()],
      touched,
      ...(end === undefined ? {} : { end }),
    }
    const before = now()
    store.commit(run, batch)
    last = { ms: now() - before, at: now() }
    events = []
    execs = new Map()
    values = new Map()
    results = new Map()
    touched = []
    if (batch.events.length > 0) onCommitted(batch.events)
  }

  const flush = (): void => {
    if (events.length === 0 && execs.size === 0 && results.size === 0 && touched.length === 0) return
    try {
      commit()
    } catch (error) {
      onBroken(error)
    }
  }

  const restMs = (): number => Math.min(longestWaitMs, 2 * last.ms)

  return {
    state(body) {
      const at = append(body)
      if (events.length >= batchEvents || at - oldest > Math.max(busyMs, restMs())) return flush()
      if (turn !== undefined) return
      const rest = last.at + restMs() - at
      if (rest <= 1) turn = setImmediate(flush)
      else timer ??= setTimeout(flush, rest)
    },
    progress(body) {
      append(body)
      if (turn === undefined) timer ??= setTimeout(flush, Math.max(frameMs, restMs()))
    },
    exec(exec) {
      const place = exec.iteration < 0 ? exec.node : `${exec.node}\n${exec.iteration}`
      const before = known.get(place)
      if (before?.status === 'done') return
      const attempt = before === undefined ? exec.attempt : before.status === 'running' ? before.attempt : before.attempt + 1
      const numbered = attempt === exec.attempt ? exec : { ...exec, attempt }
      known.set(place, numbered)
      execs.set(attempt === 1 ? place : `${place}\n\n${attempt}`, numbered)
    },
    value: (value) => void values.set(value.sha, value),
    result: (result) => void results.set(result.key, result),
    touch: (key) => void touched.push(key),
    isPendingResult: (key) => results.has(key),
    isPendingValue: (sha) => values.has(sha),
    flush,
    end(body, end) {
      const had = { seq, events }
      events = [...events]
      append(body)
      try {
        commit(end)
      } catch (error) {
        seq = had.seq
        events = had.events
        throw error
      }
    },
  }
}
