import { TributaryError } from '../../shared/errors'
import { argumentsOf } from './arguments'
import { isWorthRetrying, retryDelayMs, runWithin } from './attempt'
import { reasonToRun, storeResult } from './cache'
import { enter } from './enter'
import { failUnit, placed } from './failure'
import { createContext } from './node-context'
import { announceOutputs, holdOutputs, refsOf } from './outputs'
import { isForced, type Resolved, type Unit, type UnitResult, type UnitSuccess } from './unit'
import { addUsage, emptyUsage, type MutableUsage } from './usage'

/** Runs the unit, again after failures that may pass, as often as its policy allows. Rejects when the run stops. */
export async function runAttempts(unit: Unit, resolved: Resolved): Promise<UnitResult> {
  const { scope, step, path, iteration } = unit
  const { run, stop } = scope
  const retries = step.graphNode.policy?.retries ?? 0

  const before = run.resumed?.execs.get(`${path} ${iteration}`)
  if (step.spec.effect === 'writes-world' && before && (before.status === 'running' || before.status === 'stopped'))
    return failUnit(unit, 1, unknownEffect(path))

  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(unit, resolved, attempt)
    } catch (thrown) {
      if (stop.signal.aborted) throw stop.signal.reason
      const error = placed(thrown, unit)
      if (attempt > retries || !isWorthRetrying(error)) return failUnit(unit, attempt, error)

      await announceRetry(unit, attempt, resolved.seed, error)
    }
  }
}

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
async function runOnce(unit: Unit, resolved: Resolved, attempt: number): Promise<UnitSuccess> {
  const { scope, path, iteration } = unit
  const { log } = scope.run
  const usage = emptyUsage()
  const readyAt = scope.run.clock.now()
  const entered = enter(unit, resolved, usage)
  const leave = entered instanceof Promise ? await entered : entered
  try {
    announceStart(unit, resolved, attempt)
    return await work(unit, resolved, attempt, { usage, readyAt })
  } catch (thrown) {
    if (scope.stop.signal.aborted) log.exec({ node: path, iteration, attempt, status: 'stopped', key: resolved.key.key })
    throw thrown
  } finally {
    leave()
  }
}

function announceStart(unit: Unit, { key, seed, cacheable, found }: Resolved, attempt: number): void {
  const { scope, step, path, iteration } = unit
  const { run } = scope
  if (iteration < 0) {
    const reason =
      attempt > 1 ? 'tries again' : cacheable ? reasonToRun(run, path, key, isForced(unit), found) : worldReason(step.spec.effect)
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

async function work(unit: Unit, resolved: Resolved, attempt: number, { usage, readyAt }: Account): Promise<UnitSuccess> {
  const { scope, step, path, iteration, arrived } = unit
  const { run, stop } = scope
  const { constants, seed, key, cacheable } = resolved

  const values = argumentsOf(run, step, arrived, constants)
  const blobKeys = new Set<string>()
  for (const held of arrived.values()) for (const { mentions } of held) for (const mention of mentions) blobKeys.add(mention)
  const raw = await runWithin(stop, step.graphNode.policy, path, (signal) =>
    step.definition.run({ ...values, context: createContext({ run, path, seed, signal, usage, blobKeys }) }),
  )

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
