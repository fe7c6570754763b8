import type { NodeUsage } from '../../shared/run/events'
import { type Arrived, type Constants, keyPartsOf, resolveConstants } from './arguments'
import type { Found } from './cache'
import type { UnitFailure } from './failure'
import { type Key, keyOf } from './key'
import type { Outputs } from './outputs'
import type { Step } from './prepare'
import type { Scope } from './scope'
import { seedOf } from './seeds'
import { andThen, type Soon } from './soon'

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
