import { exitCodeOf, TributaryError, toErrorReport } from '../../shared/errors'
import type { NodeSpecs } from '../../shared/graph/specs'
import { specsByType } from '../../shared/graph/specs'
import type { Json } from '../../shared/json'
import type { RunEventBody } from '../../shared/run/events'
import { runBody } from './body'
import { createBreaks } from './breaks'
import { checkRunnable } from './check'
import { systemClock } from './clock'
import { createEventLog } from './event-log'
import { createEventStream, type EventStream } from './event-stream'
import { createGates, type Gates } from './gates'
import { earlierValues, lastKeys, resumedRun } from './history'
import { type CheckedInput, checkInputs } from './inputs'
import type { Clock, ExecutorParts, ResourceLimits, RunEnd, StoredValue } from './interfaces'
import { lookAhead } from './look-ahead'
import { hold } from './outputs'
import { checkPins, withoutPinnedInputs } from './pins'
import { type Prepared, prepare } from './prepare'
import { carryOut, outcomeOf, StoppedByPerson } from './run'
import { newRunId } from './run-id'
import type { PlanPreview, RunHandle, RunOptions, RunOutcome, RunRequest } from './run-request'
import type { RunState } from './run-state'
import { StopSwitch } from './stop-switch'
import { emptyUsage } from './usage'

export interface Executor {
  /** Starts a run. Throws, and stores nothing, when the document, the options or the inputs do not allow one. */
  start(request: RunRequest): RunHandle
  /** Runs an interrupted (stopped or failed) run again: same document, inputs, options and seed; what it had finished is not run again. */
  resume(run: string): RunHandle
  /** What `start` would do and why. Runs nothing, loads nothing. */
  plan(request: RunRequest): Promise<PlanPreview>
  /** A value by its hash. */
  value(sha: string): StoredValue
  /** Stops all runs and waits until they have ended. */
  close(): Promise<void>
}

/** How long a final commit that the disk refused waits until it is tried again. */
const commitRetryMs = 2000

interface Workshop {
  readonly parts: ExecutorParts
  readonly specs: NodeSpecs
  readonly clock: Clock
  readonly gates: Gates
  readonly active: Map<string, RunHandle>
}

interface Start extends RunRequest {
  readonly seed: number
  readonly resumed?: RunState['resumed']
}

export function createExecutor(parts: ExecutorParts): Executor {
  const limits: ResourceLimits = { cpu: 64, io: 16, model: 2, merge: 1, ...parts.limits }
  const clock = parts.clock ?? systemClock
  const workshop: Workshop = {
    parts,
    specs: specsByType(parts.catalog.specs()),
    clock,
    gates: createGates(limits, (id) => parts.models.residency?.isLoaded(id) ?? false),
    active: new Map(),
  }
  const { runs, values } = parts.store

  return {
    start: (request) => startRun(workshop, { ...request, seed: request.options?.seed ?? clock.random() }),
    resume(id) {
      const { seed, inputs, options } = runs.get(id)
      const resumed = resumedRun(runs, id)
      // Both were written by `startRun`.
      return startRun(workshop, {
        document: runs.document(id),
        inputs: inputs as Record<string, Json>,
        options: options as unknown as RunOptions,
        seed,
        resumed,
      })
    },
    plan: (request) => preview(workshop, request),
    value: (sha) => values.get(sha),
    async close() {
      const open = [...workshop.active.values()]
      for (const handle of open) handle.stop()
      await Promise.all(open.map(({ done }) => done))
    },
  }
}

function startRun(workshop: Workshop, start: Start): RunHandle {
  const { parts, clock, active } = workshop
  const { document, options = {}, inputs: given = {}, seed, resumed } = start
  const { prepared, inputs } = check(workshop, start)
  const id = newRunId(clock)
  const startedAt = clock.now()

  const stream = createEventStream((since) => parts.store.runs.events(id, since))
  const run = stateOf(workshop, start, id, startedAt, stream)
  parts.store.runs.begin({
    id,
    document,
    inputs: given as Json,
    options: JSON.parse(JSON.stringify(options)) as Json,
    seed,
    startedAt: Math.round(startedAt),
    ...(resumed === undefined ? {} : { resumes: resumed.run }),
    ...(options.batch === undefined ? {} : { batch: options.batch }),
  })

  const limit =
    options.timeoutMs === undefined ? undefined : setTimeout(() => run.stop.stop(runTimeout(options.timeoutMs!)), options.timeoutMs)
  const done = carryOut({ run, prepared, inputs, startedAt }).then((end) => {
    clearTimeout(limit)
    active.delete(id)
    return writeEnd(run, end)
  })
  const handle: RunHandle = {
    id,
    seed,
    events: (since = 0) => stream.iterate(since),
    subscribe: stream.subscribe,
    stop: () => run.stop.stop(new StoppedByPerson()),
    resume: run.breaks.resume,
    step: run.breaks.step,
    choose: run.breaks.choose,
    setBreaks: run.breaks.set,
    done,
  }
  active.set(id, handle)
  return handle
}

function check(
  { parts, specs }: Workshop,
  { document, options = {}, inputs = {} }: RunRequest,
): { prepared: Prepared; inputs: Map<string, CheckedInput> } {
  const { to, from, only } = options
  const targets = { ...(to === undefined ? {} : { to }), ...(from === undefined ? {} : { from }), ...(only === undefined ? {} : { only }) }
  if (options.pins) checkPins(document, specs, options.pins)
  const prepared = prepare(
    withoutPinnedInputs(document, { document, specs, options }, ''),
    { document, specs, catalog: parts.catalog },
    targets,
  )
  checkRunnable(document, specs, prepared, options)
  return { prepared, inputs: checkInputs(document, inputs, prepared.plan.neededInputs) }
}

function stateOf(workshop: Workshop, start: Start, id: string, startedAt: number, stream: EventStream): RunState {
  const { parts, specs, clock, gates } = workshop
  const { document, options = {}, seed, resumed } = start
  const { runs, values } = parts.store
  const stop = new StopSwitch()
  const log = createEventLog({
    run: id,
    startedAt,
    store: runs,
    now: clock.now,
    onCommitted: stream.publish,
    onBroken: (error) => stop.stop(error),
  })
  return {
    id,
    document,
    specs,
    parts,
    options,
    seed,
    clock,
    gates,
    log,
    breaks: createBreaks(options),
    stop,
    totals: { ran: 0, hits: 0 },
    values: {
      get(sha) {
        if (log.isPendingValue(sha)) log.flush()
        return values.get(sha)
      },
    },
    models: new Map(),
    inFlight: new Map(),
    ...(resumed === undefined ? {} : { resumed }),
    earlier: earlierValues(runs, document.id, id, options),
    guided: new Set(),
    forced: new Set([...(options.refresh ?? []), ...(options.from ?? []), ...(options.only ?? [])]),
    lastKey: lastKeys(runs, document.id, id),
  }
}

/** Commits the last event. Where the store refuses, the outcome says so and the commit is tried again until it succeeds: what happened is not lost. */
function writeEnd(run: RunState, end: RunEnd): RunOutcome {
  const attempt = (final: RunEnd): void => run.log.end(endEvent(final), { ...final, endedAt: Math.round(final.endedAt) })
  try {
    attempt(end)
    return outcomeOf(end)
  } catch (thrown) {
    const error = toErrorReport(thrown)
    const failed: RunEnd = { ...end, status: 'failed', exit: exitCodeOf(error.code), error, outputs: {} }
    const again = (): void => {
      try {
        attempt(failed)
      } catch {
        setTimeout(again, commitRetryMs).unref()
      }
    }
    setTimeout(again, commitRetryMs).unref()
    return outcomeOf(failed)
  }
}

function endEvent({ status, exit, outputs, totals, error, pinned }: RunEnd): Extract<RunEventBody, { type: 'run.end' }> {
  const named = Object.fromEntries(Object.entries(outputs).map(([name, { kind, list, sha }]) => [name, { kind, list, sha }]))
  return {
    type: 'run.end',
    status,
    outputs: named,
    exit,
    totals,
    ...(error === undefined ? {} : { error }),
    ...(pinned === undefined ? {} : { pinned }),
  }
}

async function preview(workshop: Workshop, request: RunRequest): Promise<PlanPreview> {
  const { prepared, inputs } = check(workshop, request)
  const silent = createEventStream(() => [])
  const seed = request.options?.seed ?? 0
  const run = { ...stateOf(workshop, { ...request, seed }, '', workshop.clock.now(), silent), log: deafLog }
  const scope = { run, stop: run.stop, prefix: '', place: '', itemPath: '', usage: emptyUsage(), runBody }
  const held = new Map(
    Array.from(inputs, ([name, input]) => [name, hold(run, request.document.interface.inputs[name]!.type, input.list, input.data, [])]),
  )
  const { nodes, models } = await lookAhead(scope, prepared, held)
  const byId = new Map<string, { ref: PlanPreview['models'][number]['ref']; nodes: string[] }>()
  for (const [node, refs] of models) {
    for (const ref of refs) {
      const entry = byId.get(ref.id) ?? { ref, nodes: [] }
      entry.nodes.push(node)
      byId.set(ref.id, entry)
    }
  }
  return { nodes, models: [...byId.values()] }
}

/** A preview tells nothing and stores nothing. */
const deafLog: RunState['log'] = {
  state: () => undefined,
  progress: () => undefined,
  exec: () => undefined,
  value: () => undefined,
  result: () => undefined,
  touch: () => undefined,
  isPendingResult: () => false,
  isPendingValue: () => false,
  flush: () => undefined,
  end: () => undefined,
}

const runTimeout = (timeoutMs: number): TributaryError =>
  new TributaryError('run-timeout', `The run took longer than its limit of ${timeoutMs} ms.`, {
    hint: 'Raise the limit; the finished nodes will not run again.',
  })
