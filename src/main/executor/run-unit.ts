import { hasItsModels, lookUp, reasonOfHit } from './cache'
import { failUnit, placed, type UnitFailure } from './failure'
import { holdAllStored } from './held'
import type { OutputRefs } from './interfaces'
import { announceOutputs } from './outputs'
import { runAttempts } from './run-attempts'
import { andThen, rescue, type Soon } from './soon'
import { forcedBy, type Resolved, resolve, type Unit, type UnitResult, type UnitSuccess } from './unit'
import { emptyUsage } from './usage'

/**
 * Gives the unit's outputs: from the run that this one resumes, from the cache, from an equal unit that is running right now, or by running it.
 * Throws or rejects only when the run (or the body around it) stops.
 */
export function runUnit(unit: Unit, known?: Resolved): Soon<UnitResult> {
  if (known) return runResolved(unit, known)
  const resolved = rescue<Resolved | UnitFailure>(
    () => resolve(unit),
    (thrown) => failUnit(unit, 1, placed(thrown, unit)),
  )
  return andThen(resolved, (found) => ('key' in found ? runResolved(unit, found) : found))
}

function runResolved(unit: Unit, resolved: Resolved): Soon<UnitResult> {
  const { inFlight, options } = unit.scope.run
  const reused = reuse(unit, resolved)
  if (reused) return reused
  if (!resolved.cacheable || forcedBy(unit) !== undefined || options.cache === 'ignore') return runAttempts(unit, resolved)

  const { key } = resolved.key
  const other = inFlight.get(key)
  if (other) return runAfter(other, unit, resolved)
  const work = runAttempts(unit, resolved)
  if (!(work instanceof Promise)) return work
  inFlight.set(key, work)
  return work.finally(() => inFlight.delete(key))
}

/** An equal unit is being computed: its result is taken once it is there; where it fails, this one looks again. */
async function runAfter(other: Promise<UnitResult>, unit: Unit, resolved: Resolved): Promise<UnitResult> {
  await other.catch(() => undefined)
  delete resolved.found
  return runResolved(unit, resolved)
}

/** The outputs, if they need not be computed. */
export function reuse(unit: Unit, resolved: Resolved): UnitSuccess | undefined {
  const { key, cacheable } = resolved
  const { path, iteration, scope } = unit
  const { run } = scope
  const finished = run.resumed?.execs.get(`${path} ${iteration}`)
  if (run.resumed && finished?.status === 'done' && finished.key === key.key && finished.outputs && hasItsModels(run, finished.outputs))
    return takeStored(unit, key.key, finished.outputs, {
      fromRun: run.resumed.run,
      ageMs: 0,
      reason: 'finished before the run was interrupted',
    })

  if (!cacheable || forcedBy(unit) !== undefined || run.options.cache === 'ignore') return undefined
  resolved.found ??= lookUp(run, key.key)
  const { found } = resolved
  if (typeof found === 'string') return undefined
  const ageMs = Math.max(0, run.clock.now() - found.createdAt)
  return takeStored(unit, key.key, found.outputs, { fromRun: found.run, ageMs, reason: reasonOfHit(run, found) })
}

export interface Origin {
  readonly fromRun: string
  readonly ageMs: number
  readonly reason: string
}

/** Takes outputs that are stored already. */
export function takeStored({ scope, path, iteration }: Unit, key: string, refs: OutputRefs, origin: Origin): UnitSuccess {
  const { log, totals } = scope.run
  const outputs = holdAllStored(refs)
  totals.hits++
  if (iteration < 0) {
    log.state({ type: 'node.cached', node: path, key, ...origin })
    announceOutputs(scope.run, path, outputs)
  }
  log.exec({
    node: path,
    iteration,
    attempt: 1,
    status: 'done',
    ...(key === '' ? {} : { key }),
    ...(iteration < 0 ? {} : { outputs: refs }),
  })
  return { status: 'done', outputs, cached: true, usage: emptyUsage() }
}
