import { modelsOfSteps } from '../../shared/graph/held-models'
import { doneWith, runsInSequence, worksAlone } from '../../shared/graph/one-at-a-time'
import type { ModelRef } from '../../shared/value'
import type { Prepared, Step } from './prepare'
import type { RunState } from './run-state'
import type { Scope } from './scope'
import type { Soon } from './soon'

/** Whose turn it is where branches run in sequence: of the steps that work with models only the next in the order of the plan may begin, when the one before it has ended. */
export interface Turns {
  /** Takes a step that may begin out of those that are ready. */
  take(ready: Step[]): Step | undefined
  /** Before a step begins: models that nothing to come needs leave memory. */
  before(step: Step): Soon<void>
  ended(step: Step): void
}

/** Undefined: branches run beside each other. */
export function turnsOf({ run, prefix }: Scope, { plan, steps }: Prepared): Turns | undefined {
  if (!runsInSequence(run.document)) return undefined
  const alone = steps.filter(({ spec, isGiven }) => worksAlone(spec) && !isGiven)
  const place = new Map(alone.map(({ index }, at) => [index, at]))
  const aliasesOf = new Map(modelsOfSteps(plan.steps).map(({ step, aliases }) => [step.node, aliases]))
  const holdings = alone.map(({ node }) => aliasesOf.get(node) ?? new Set<string>())
  const left = new Set<string>()
  let turn = 0
  let isWorking = false
  return {
    take(ready) {
      const at = ready.findIndex(({ index }) => !place.has(index) || (place.get(index) === turn && !isWorking))
      if (at < 0) return undefined
      const [step] = ready.splice(at, 1)
      if (step && place.has(step.index)) isWorking = true
      return step
    },
    before({ index }) {
      const at = place.get(index)
      const { residency } = run.parts.models
      // What a container took, it gives back when it ends: inside it nothing leaves, for the next item needs it again.
      if (at === undefined || at === 0 || prefix !== '' || !residency?.free) return undefined
      const needed = new Set(holdings.slice(at).flatMap((aliases) => [...aliases].map((alias) => refOf(run, alias)?.id)))
      const idle = doneWith(holdings, at).filter((alias) => !left.has(alias))
      for (const alias of idle) left.add(alias)
      const leaving = idle.flatMap((alias) => refOf(run, alias) ?? []).filter(({ id }) => !needed.has(id))
      return leaving.length === 0 ? undefined : residency.free(leaving)
    },
    ended({ index }) {
      if (place.get(index) !== turn) return
      turn++
      isWorking = false
    },
  }
}

/** The model behind an alias; one that is missing is told of by the node that asks for it. */
function refOf({ models, options, parts, document }: RunState, alias: string): ModelRef | undefined {
  const known = models.get(alias) ?? options.models?.[alias]
  if (known) return known
  try {
    const wanted = document.models[alias]
    return wanted && parts.models.resolve(wanted, alias)
  } catch {
    return undefined
  }
}
