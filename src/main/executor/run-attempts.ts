import { TributaryError } from '../../shared/errors'
import { argumentsOf } from './arguments'
import { isWorthRetrying, retryDelayMs, runWithin } from './attempt'
import { reasonToRun, storeResult } from './cache'
import { enter } from './enter'
import { failUnit, placed } from './failure'
import { createContext } from './node-context'
import { announceOutputs, holdOutputs, refsOf } from './outputs'
import { andThen, lastly, rescue, type Soon } from './soon'
import { forcedBy, type Resolved, type Unit, type UnitResult, type UnitSuccess } from './unit'
import { addUsage, emptyUsage, type MutableUsage } from './usage'

/** Runs the unit, again after failures that may pass, as often as its policy allows. Throws or rejects when the run stops. */
export function runAttempts(unit: Unit, resolved: Resolved): Soon<UnitResult> {
  const { scope, step, path, iteration } = unit
  const { run } = scope
  const before = run.resumed?.execs.get(`${path} ${iteration}`)
  if (step.spec.effect === 'writes-world' && before && (before.status === 'running' || before.status === 'stopped'))
    return failUnit(unit, 1, unknownEffect(path))
  return runFrom(1, unit, resolved)
}

const runFrom = (attempt: number, unit: Unit, resolved: Resolved): Soon<UnitResult> =>
  rescue<UnitResult>(
    () => runOnce(unit, resolved, attempt),
    (thrown) => {
      const { scope, step } = unit
      if (scope.stop.signal.aborted) throw scope.stop.signal.reason
      const error = placed(thrown, unit)
      const { retries = 0 } = step.graphNode.policy ?? {}
      if (attempt > retries || !isWorthRetrying(error)) return failUnit(unit, attempt, error)
      return announceRetry(unit, attempt, resolved.seed, error).then(() => runFrom(attempt + 1, unit, resolved))
    },
  )

/** Tells that an attempt failed and that another one follows, and waits until it does. */
export async function announceRetry({ scope, path, iteration }: Unit, attempt: number, seed: number, error: TributaryError): Promise<void> {
  const { run, stop } = scope
  const delayMs = retryDelayMs(seed, attempt, error)
  run.log.exec({ node: path, iteration, attempt, status: 'failed', error: error.toReport() })
  run.log.state({ type: 'node.error', node: path, attempt, error: error.toReport(), final: false })
  run.log.state({ type: 'node.retry', node: path, attempt: attempt + 1, delayMs })
  await run.clock.wait(delayMs, stop.signal)
}

/** One attempt: a place and memory, the node's own work, its outputs hashed and stored, all told to the log. */
function runOnce(unit: Unit, resolved: Resolved, attempt: number): Soon<UnitSuccess> {
  const account = { usage: emptyUsage(), readyAt: unit.scope.run.clock.now() }
  return andThen(enter(unit, resolved, account.usage), (leave) => lastly(() => runInside(unit, resolved, attempt, account), leave))
}

const runInside = (unit: Unit, resolved: Resolved, attempt: number, account: Account): Soon<UnitSuccess> =>
  rescue(
    () => {
      announceStart(unit, resolved, attempt)
      return work(unit, resolved, attempt, account)
    },
    (thrown) => {
      const { scope, path, iteration } = unit
      if (scope.stop.signal.aborted) scope.run.log.exec({ node: path, iteration, attempt, status: 'stopped', key: resolved.key.key })
      throw thrown
    },
  )

function announceStart(unit: Unit, { key, seed, cacheable, found }: Resolved, attempt: number): void {
  const { scope, step, path, iteration } = unit
  const { run } = scope
  if (iteration < 0) {
    const reason =
      attempt > 1
        ? 'tries again'
        : cacheable
          ? reasonToRun(run, path, key, step.spec, forcedBy(unit), found)
          : worldReason(step.spec.effect)
    run.log.state({ type: 'node.start', node: path, attempt, seed, reason })
  }
  run.log.exec({ node: path, iteration, attempt, status: 'running', key: key.key })
  // What changes the world begins only after everything before it, and the fact that it begins, is safe.
  if (step.spec.effect === 'writes-world') run.log.flush()
}

interface Account {
  readonly usage: MutableUsage
  /** its wait for a place and for memory is part of its time */
  readonly readyAt: number
}

function work(unit: Unit, resolved: Resolved, attempt: number, account: Account): Soon<UnitSuccess> {
  const { scope, step, path, arrived } = unit
  const { run, stop } = scope
  const { constants, seed } = resolved
  const { usage } = account
  const values = argumentsOf(run, step, arrived, constants)
  const blobKeys = new Set<string>()
  for (const held of arrived.values()) for (const { mentions } of held) for (const mention of mentions) blobKeys.add(mention)
  const place = scope.place + step.node
  let isGuided = false
  const onChoice = (): void => {
    isGuided = true
    run.guided.add(place)
  }
  const given = runWithin(stop, step.graphNode.policy, path, (own) =>
    step.definition.run({
      ...values,
      context: createContext({ run, stop: own, path, place, seed, usage, blobKeys, onChoice, asked: step.staticKey.asked }),
    }),
  )
  // A token that a person chose follows from nothing that the key holds: such a result is not stored under it.
  return andThen(given, (raw) => keep(unit, isGuided ? { ...resolved, cacheable: false } : resolved, attempt, account, raw, blobKeys))
}

/** The outputs of an attempt: hashed, stored, told. */
function keep(
  unit: Unit,
  resolved: Resolved,
  attempt: number,
  { usage, readyAt }: Account,
  raw: Record<string, unknown>,
  blobKeys: ReadonlySet<string>,
): UnitSuccess {
  const { scope, step, path, iteration } = unit
  const { run } = scope
  const { key, cacheable } = resolved
  const outputs = holdOutputs(run, step, raw, blobKeys)
  const refs = refsOf(outputs)
  run.totals.ran++
  addUsage(scope.usage, usage)
  if (cacheable) storeResult(run, key, path, refs)
  run.log.exec({ node: path, iteration, attempt, status: 'done', key: key.key, ...(cacheable || iteration < 0 ? {} : { outputs: refs }) })
  if (iteration < 0) {
    announceOutputs(run, path, outputs)
    run.log.state({ type: 'node.end', node: path, ms: run.clock.now() - readyAt, usage })
  }
  return { status: 'done', outputs, cached: false, usage }
}

const worldReason = (effect: string): string =>
  effect === 'writes-world' ? 'changes the world, so it always runs' : 'reads the world anew in every run'

const unknownEffect = (node: string): TributaryError =>
  new TributaryError(
    'not-allowed',
    `The node "${node}" had begun to change something when the run was interrupted, and nobody knows how far it came.`,
    { hint: 'Look at what it writes, then run from this node again.', place: { node } },
  )
