import type { GraphBody } from '../../shared/graph/document'
import { has } from '../../shared/graph/ids'
import type { Held } from './held'
import { hold, type Outputs } from './outputs'
import type { Prepared } from './prepare'
import type { Scope } from './scope'
import type { Unit } from './unit'

/** A container about to run: its inner body, the values at its ports, its own params. */
export interface Container {
  readonly unit: Unit
  readonly prepared: Prepared
  /** by inner input; defaults of the inner interface filled in */
  readonly inputs: ReadonlyMap<string, Held>
  readonly params: Readonly<Record<string, unknown>>
}

/** Runs the inner body once. `item` is the item's or turn's number, or empty. */
export function runInner({ unit, prepared }: Container, around: Scope, item: string, inputs: ReadonlyMap<string, Held>): Promise<Outputs> {
  const { run, stop, usage, runBody } = around
  const below = item === '' ? `${unit.step.node}/` : `${unit.step.node}/${item}/`
  const itemPath = item === '' ? around.itemPath : `${around.itemPath}${below}`
  const place = `${around.place}${unit.step.node}/`
  return runBody(
    { run, stop, usage, runBody, prefix: `${around.prefix}${below}`, place, itemPath },
    prepared,
    withIndex(unit, prepared.body, inputs, item),
  )
}

/** An inner number input called `index` that nothing feeds receives the number of the item. */
function withIndex({ scope }: Unit, body: GraphBody, inputs: ReadonlyMap<string, Held>, item: string): ReadonlyMap<string, Held> {
  const declared = has(body.interface.inputs, 'index') ? body.interface.inputs.index : undefined
  if (item === '' || declared?.type !== 'number' || inputs.has('index')) return inputs
  return new Map(inputs).set('index', hold(scope.run, 'number', false, Number(item), []))
}
