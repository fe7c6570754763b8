import type { NodeUsage } from '../../shared/run/events'
import { type Arrived, type Constants, keyPartsOf, resolveConstants } from './arguments'
import { type Found, hasItsModels, lookUp, reasonOfHit } from './cache'
import { failUnit, placed, type UnitFailure } from './failure'
import { holdStored } from './held'
import type { OutputRefs } from './interfaces'
import { type Key, keyOf } from './key'
import { announceOutputs, type Outputs } from './outputs'
import type { Step } from './prepare'
import { runAttempts } from './run-attempts'
import type { Scope } from './scope'
import { seedOf } from './seeds'
import { andThen, rescue, type Soon } from './soon'
import { emptyUsage } from './usage'

/** One node with its values, or one item of a list that the node is mapped over. */
export interface Unit {
  readonly scope: Scope
  readonly step: Step
  readonly path: string
  /** −1 for the node itself, else the number of the item */
  readonly iteration: number
  readonly arrived: Arrived
}

export interface UnitSuccess {
  readonly status: 'done'
  readonly outputs: Outputs
  readonly cached: boolean
  readonly usage: NodeUsage
}
export type UnitResult = UnitSuccess | UnitFailure

/** What a unit needs besides its values, and the key that follows. */
export interface Resolved {
  readonly constants: Constants
  readonly seed: number
  readonly key: Key
  /** false: it changes the world, or reads something that has no fingerprint */
  readonly cacheable: boolean
  /** what the cache has, once somebody has looked */
  found?: Found
}

export const resolve = (unit: Unit, known?: Constants): Soon<Resolved> =>
  andThen(known ?? resolveConstants(unit.scope.run, unit.step, unit.arrived), (constants) => resolveWith(unit, constants))

function resolveWith({ scope, step, path, iteration, arrived }: Unit, constants: Constants): Resolved {
  const { run } = scope
  const { spec, graphNode } = step
  const item = iteration < 0 ? '' : `${step.node}/${iteration}`
  const itemPath = `${scope.itemPath}${item}`
  const seed = spec.stochastic
    ? seedOf({ seed: graphNode.seed, runSeed: run.seed, path: item === '' ? path : `${path}/${iteration}`, itemPath })
    : 0
  const key = keyOf(keyPartsOf(run, step, arrived, constants, seed))
  const cacheable = spec.effect === 'pure' || (spec.effect === 'reads-world' && constants.world !== undefined)
  return { constants, seed, key, cacheable }
}

/** Why the unit runs whatever the cache says; undefined: the cache decides. */
export function forcedBy({ scope, step }: Pick<Unit, 'scope' | 'step'>): string | undefined {
  const { forced, breaks } = scope.run
  if (scope.prefix === '' && forced.has(step.node)) return 'asked to run again'
  return breaks.tokensAt(scope.place + step.node).length > 0 ? 'it may pause before a token' : undefined
}

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
  const outputs = new Map(Object.entries(refs).map(([port, ref]) => [port, holdStored(ref)]))
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
