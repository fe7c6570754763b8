import { TributaryError } from '../../shared/errors'
import type { ModelRef } from '../../shared/value'
import type { Residency } from './interfaces'
import { modelsOf } from './models-of'
import type { Resolved, Unit } from './unit'
import type { MutableUsage } from './usage'

/** Waits for a place in the node's resource class and for memory for the models that it will use. Returns the function that gives both back. */
export function enter(unit: Unit, { constants }: Resolved, usage: MutableUsage): (() => void) | Promise<() => void> {
  const { scope, step, arrived } = unit
  const { run } = scope
  const { resource } = step.spec
  // a merge reads its models tensor by tensor and loads none
  const models = resource === 'model' ? modelsOf(arrived, constants, run.values) : []
  if (models.length === 0 && run.gates.tryEnter(resource)) return () => run.gates.leave(resource)
  return enterSlowly(unit, models, usage)
}

async function enterSlowly({ scope, step, path, iteration }: Unit, models: readonly ModelRef[], usage: MutableUsage): Promise<() => void> {
  const { run, stop } = scope
  const { resource } = step.spec
  const before = run.clock.now()

  if (!run.gates.tryEnter(resource)) {
    if (resource !== 'cpu' && iteration < 0) run.log.state({ type: 'node.queued', node: path, waitingFor: resource })
    const ids = models.map(({ id }) => id)
    await run.gates.wait(resource, ids, stop)
  }

  const { residency } = run.parts.models
  try {
    const release = residency && models.length > 0 ? await lease(residency, models, path, stop.signal) : undefined
    usage.waitMs += run.clock.now() - before
    return () => {
      release?.()
      run.gates.leave(resource)
    }
  } catch (thrown) {
    run.gates.leave(resource)
    throw thrown
  }
}

async function lease(residency: Residency, models: readonly ModelRef[], node: string, signal: AbortSignal): Promise<() => void> {
  assertFits(residency, models, node)
  return residency.lease(models, signal)
}

/** Throws `out-of-memory` when these models can never be in memory together. */
export function assertFits(residency: Residency, models: readonly ModelRef[], node: string): void {
  const { fits, neededBytes, budgetBytes } = residency.fit(models)
  if (fits) return
  const names = models.map(({ name }) => name).join(', ')
  throw new TributaryError(
    'out-of-memory',
    `The node "${node}" needs ${gib(neededBytes)} GiB for ${names}, but the memory budget is ${gib(budgetBytes)} GiB.`,
    {
      hint: 'Choose smaller models, raise the memory budget in the settings, or run on a larger machine.',
      place: { node },
      details: { neededBytes, budgetBytes },
    },
  )
}

const gib = (bytes: number): string => (bytes / 1024 ** 3).toFixed(2)
