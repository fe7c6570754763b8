import { TributaryError } from '../../shared/errors'
import type { GraphBody } from '../../shared/graph/document'
import { has } from '../../shared/graph/ids'
import { argumentsOf, resolveConstants } from './arguments'
import { runBody } from './body'
import { failUnit, placed } from './failure'
import type { Held } from './held'
import { announceOutputs, hold, type Outputs } from './outputs'
import { type Prepared, prepareInner } from './prepare'
import { runLoop } from './run-loop'
import { runMap } from './run-map'
import type { Scope } from './scope'
import type { Unit, UnitResult } from './unit'
import { addUsage, emptyUsage } from './usage'

/** A container about to run: its inner body, the values at its ports, its own params. */
export interface Container {
  readonly unit: Unit
  readonly prepared: Prepared
  /** by inner input; defaults of the inner interface filled in */
  readonly inputs: ReadonlyMap<string, Held>
  readonly params: Readonly<Record<string, unknown>>
}

/** Expands a container. Its failure is that of the inner node that failed, told with the whole path, and falls under the container's own policy. */
export async function runContainer(unit: Unit): Promise<UnitResult> {
  const { scope, path } = unit
  const { run } = scope
  const startedAt = run.clock.now()
  const usage = emptyUsage()
  try {
    const container = await open({ ...unit, scope: { ...scope, usage } })
    run.log.state({
      type: 'node.start',
      node: path,
      attempt: 1,
      seed: 0,
      reason: 'runs the graph inside it; its nodes are cached one by one',
    })
    run.log.exec({ node: path, iteration: -1, attempt: 1, status: 'running' })
    const outputs = await expand(container)
    run.log.exec({ node: path, iteration: -1, attempt: 1, status: 'done' })
    announceOutputs(run, path, outputs)
    run.log.state({ type: 'node.end', node: path, ms: run.clock.now() - startedAt, usage })
    return { status: 'done', outputs, cached: false, usage }
  } catch (thrown) {
    if (scope.stop.signal.aborted) throw scope.stop.signal.reason
    return failUnit(unit, 1, placed(thrown, unit))
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

/** Runs the inner body once. `item` is the item's or turn's number, or empty. */
export function runInner({ unit, prepared }: Container, around: Scope, item: string, inputs: ReadonlyMap<string, Held>): Promise<Outputs> {
  const { run, stop, usage } = around
  const below = item === '' ? `${unit.step.node}/` : `${unit.step.node}/${item}/`
  const itemPath = item === '' ? around.itemPath : `${around.itemPath}${below}`
  return runBody({ run, stop, usage, prefix: `${around.prefix}${below}`, itemPath }, prepared, withIndex(unit, prepared.body, inputs, item))
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
    prepared: prepareInner(inner, { document: run.document, specs: run.specs, catalog: run.parts.catalog }),
    inputs,
    params: argumentsOf(run, step, arrived, constants).params,
  }
}

/** An inner number input called `index` that nothing feeds receives the number of the item. */
function withIndex({ scope }: Unit, body: GraphBody, inputs: ReadonlyMap<string, Held>, item: string): ReadonlyMap<string, Held> {
  const declared = has(body.interface.inputs, 'index') ? body.interface.inputs.index : undefined
  if (item === '' || declared?.type !== 'number' || inputs.has('index')) return inputs
  return new Map(inputs).set('index', hold(scope.run, 'number', false, Number(item), []))
}
