import { TributaryError } from '../../shared/errors'
import { argumentsOf, resolveConstants } from './arguments'
import { isWorthRetrying, within } from './attempt'
import { failUnit, placed } from './failure'
import type { Held } from './held'
import { announceOutputs, hold, type Outputs } from './outputs'
import { withoutPinnedInputs } from './pins'
import { prepareInner } from './prepare'
import { announceRetry } from './run-attempts'
import { type Container, runInner } from './run-inner'
import { runLoop } from './run-loop'
import { runMap } from './run-map'
import { deriveSeed } from './seeds'
import type { Unit, UnitResult, UnitSuccess } from './unit'
import { addUsage, emptyUsage } from './usage'

/**
 * Expands a container. Its failure is that of the inner node that failed, told with the whole path, and falls under the container's own policy:
 * a retry runs the graph inside again, of which what had finished comes from the cache.
 */
export async function runContainer(unit: Unit): Promise<UnitResult> {
  const { scope, path, step } = unit
  const { run, stop } = scope
  const { retries = 0 } = step.graphNode.policy ?? {}
  for (let attempt = 1; ; attempt++) {
    try {
      return await runExpanded(unit, attempt)
    } catch (thrown) {
      if (stop.signal.aborted) throw stop.signal.reason
      const error = placed(thrown, unit)
      if (attempt > retries || !isWorthRetrying(error)) return failUnit(unit, attempt, error)
      await announceRetry(unit, attempt, deriveSeed(run.seed, path), error)
    }
  }
}

async function runExpanded(unit: Unit, attempt: number): Promise<UnitSuccess> {
  const { scope, path, step } = unit
  const { run } = scope
  const startedAt = run.clock.now()
  const usage = emptyUsage()
  const exec = { node: path, iteration: -1, attempt }
  try {
    const outputs = await within(scope.stop, step.graphNode.policy, path, async (stop) => {
      const container = await open({ ...unit, scope: { ...scope, stop, usage } })
      const reason = attempt > 1 ? 'tries again' : 'runs the graph inside it; its nodes are cached one by one'
      run.log.state({ type: 'node.start', node: path, attempt, seed: 0, reason })
      run.log.exec({ ...exec, status: 'running' })
      return expand(container)
    })
    run.log.exec({ ...exec, status: 'done' })
    announceOutputs(run, path, outputs)
    run.log.state({ type: 'node.end', node: path, ms: run.clock.now() - startedAt, usage })
    return { status: 'done', outputs, cached: false, usage }
  } finally {
    addUsage(scope.usage, usage)
  }
}

function expand(container: Container): Promise<Outputs> {
  switch (container.unit.step.spec.container) {
    case 'map':
      return runMap(container)
    case 'loop':
      return runLoop(container)
    default:
      return runInner(container, container.unit.scope, '', container.inputs)
  }
}

async function open(unit: Unit): Promise<Container> {
  const { scope, step, arrived } = unit
  const { run } = scope
  const { inner } = step
  if (inner === undefined)
    throw new TributaryError('graph-invalid', `The node "${unit.path}" has no graph inside it.`, { hint: 'Choose the graph that it runs.' })
  const constants = await resolveConstants(run, step, arrived)
  const inputs = new Map<string, Held>()
  for (const [name, { type, default: value }] of Object.entries(inner.interface.inputs)) {
    const held = arrived.get(name)?.[0]
    if (held) inputs.set(name, held)
    else if (value !== undefined) inputs.set(name, hold(run, type, false, value, []))
  }
  return {
    unit,
    prepared: prepareInner(withoutPinnedInputs(inner, run, `${scope.place}${step.node}/`), {
      document: run.document,
      specs: run.specs,
      catalog: run.parts.catalog,
    }),
    inputs,
    params: argumentsOf(run, step, arrived, constants).params,
  }
}
