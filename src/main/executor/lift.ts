import { TributaryError } from '../../shared/errors'
import { runsInSequence, worksAlone } from '../../shared/graph/one-at-a-time'
import type { Arrived } from './arguments'
import { reasonToRun, storeResult } from './cache'
import { failUnit, placed } from './failure'
import { type Held, itemsOf, read } from './held'
import { announceOutputs, hold, type Outputs, refsOf } from './outputs'
import type { Step } from './prepare'
import type { RunState } from './run-state'
import { reuse, runUnit } from './run-unit'
import { forEachBelow } from './stop-switch'
import { forcedBy, type Resolved, resolve, type Unit, type UnitResult, type UnitSuccess } from './unit'
import { addUsage, emptyUsage } from './usage'

/** How many items of one list are handed to the gates at once; the gates ration what really runs. */
const itemsAtOnce = 256

/** Maps a node over the lists on `ports` and gives lists in their order. The whole is cached, and so is each item. */
export async function runLifted(unit: Unit, ports: readonly string[]): Promise<UnitResult> {
  const { scope, path } = unit
  const { run } = scope
  let whole: Resolved
  let items: readonly Arrived[]
  try {
    items = itemsAlong(run, unit.step, unit.arrived, ports)
    whole = await resolve(unit)
  } catch (thrown) {
    return failUnit(unit, 1, placed(thrown, unit))
  }

  const reused = reuse(unit, whole)
  if (reused) return reused

  const startedAt = run.clock.now()
  const why = whole.cacheable ? `${reasonToRun(run, path, whole.key, unit.step.spec, forcedBy(unit), whole.found)}; ` : ''
  const reason = `${why}maps over ${items.length} ${items.length === 1 ? 'item' : 'items'}`
  run.log.state({ type: 'node.start', node: path, attempt: 1, seed: whole.seed, reason })
  run.log.exec({ node: path, iteration: -1, attempt: 1, status: 'running', key: whole.key.key })
  const results: (UnitResult | undefined)[] = items.map(() => undefined)
  const limit = runsInSequence(run.document) && worksAlone(unit.step.spec) ? 1 : itemsAtOnce
  try {
    await forEachBelow(scope.stop, { count: items.length, limit }, async (item, stop) => {
      run.log.state({ type: 'item.start', node: path, item, of: items.length })
      const itemUnit = { ...unit, scope: { ...scope, stop }, iteration: item, arrived: items[item]! }
      const result = await runUnit(itemUnit, await resolve(itemUnit, whole.constants))
      results[item] = result
      run.log.state({ type: 'item.end', node: path, item, status: statusOf(result, unit) })
      if (result.status === 'failed' && onErrorOf(unit) === 'stop') throw result.error
    })
  } catch (thrown) {
    if (scope.stop.signal.aborted) throw scope.stop.signal.reason
    return failUnit(unit, 1, placed(thrown, unit))
  }
  return endWhole(unit, whole, results as readonly UnitResult[], startedAt)
}

function endWhole(unit: Unit, { key, cacheable }: Resolved, results: readonly UnitResult[], startedAt: number): UnitSuccess {
  const { scope, path } = unit
  const { run } = scope
  const usage = emptyUsage()
  for (const result of results) if (result.status === 'done') addUsage(usage, result.usage)
  const outputs = joinItems(unit, results)
  const refs = refsOf(outputs)
  const allDone = results.every(({ status }) => status === 'done')
  if (cacheable && allDone) storeResult(run, key, path, refs)
  run.log.exec({ node: path, iteration: -1, attempt: 1, status: 'done', key: key.key })
  announceOutputs(run, path, outputs)
  run.log.state({ type: 'node.end', node: path, ms: run.clock.now() - startedAt, usage })
  return { status: 'done', outputs, cached: false, usage }
}

/** One set of values for each item: lists go in step, single values are the same for all. Throws `input-type` when lists differ in length. */
function itemsAlong(run: RunState, step: Step, arrived: Arrived, ports: readonly string[]): Arrived[] {
  const lists = new Map(ports.map((port) => [port, itemsOf(arrived.get(port)![0]!, run.values)]))
  const lengths = [...lists.values()].map((list) => list.length)
  const count = lengths[0] ?? 0
  if (lengths.some((length) => length !== count)) {
    const told = Array.from(lists, ([port, list]) => `“${step.ports.inputs.get(port)!.title}” has ${list.length}`).join(', ')
    throw new TributaryError('input-type', `Lists of different lengths cannot go in step: ${told}.`, {
      hint: 'Make the lists equally long, or give one of them as a single value.',
      place: { port: ports[1] ?? ports[0]! },
    })
  }
  return Array.from(
    { length: count },
    (_, item) => new Map(Array.from(arrived, ([port, held]) => [port, itemAt(lists.get(port), item) ?? held])),
  )
}

function itemAt(list: readonly Held[] | undefined, item: number): readonly Held[] | undefined {
  const held = list?.[item]
  return held && [held]
}

const onErrorOf = ({ step }: Unit): string => step.graphNode.policy?.onError ?? 'stop'

function statusOf(result: UnitResult, unit: Unit): 'done' | 'failed' | 'skipped' {
  if (result.status === 'done') return 'done'
  return onErrorOf(unit) === 'skip' ? 'skipped' : 'failed'
}

/** The outputs of all items as lists. A failed item is left out, or its default stands in its place; errors go to the `error` port. */
function joinItems(unit: Unit, results: readonly UnitResult[]): Outputs {
  const { step, scope } = unit
  const { run } = scope
  const { onError, defaults = {} } = step.graphNode.policy ?? {}
  const outputs = new Map<string, Held>()
  for (const port of step.ports.outputs.values()) {
    if (port.origin !== 'declared') continue
    const mentions = new Set<string>()
    const data = results.flatMap((result): unknown[] => {
      if (result.status === 'failed') {
        const value = onError === 'default' ? defaults[port.name] : undefined
        return value === undefined ? [] : port.list && Array.isArray(value) ? value : [value]
      }
      const held = result.outputs.get(port.name)
      if (!held) return []
      const wire = read(held, run.values)
      for (const mention of held.mentions) mentions.add(mention)
      return wire.list ? (wire.data as unknown[]) : [wire.data]
    })
    outputs.set(port.name, hold(run, port.wire, true, data, mentions))
  }
  const errors = results.flatMap((result) => (result.status === 'failed' ? [result.error.toReport()] : []))
  if (onError === 'wire' && errors.length > 0) outputs.set('error', hold(run, 'json', true, errors, []))
  return outputs
}
