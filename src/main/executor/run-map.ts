import { TributaryError } from '../../shared/errors'
import { runsInSequence } from '../../shared/graph/one-at-a-time'
import { type Held, itemsOf, read } from './held'
import { hold, type Outputs } from './outputs'
import { type Container, runInner } from './run-inner'
import { forEachBelow } from './stop-switch'

const defaultParallel = 4

/** Runs the inner body once for each item of the lists that arrive. Each output is a list in the order of the items. */
export async function runMap(container: Container): Promise<Outputs> {
  const { unit, params } = container
  const { scope, path } = unit
  const { log } = scope.run
  const onItemError = params.onItemError ?? 'stop'
  const wanted = typeof params.parallel === 'number' ? params.parallel : defaultParallel
  const limit = runsInSequence(scope.run.document) ? 1 : wanted
  const items = itemsAlong(container)

  const results: (Outputs | undefined)[] = items.map(() => undefined)
  await forEachBelow(scope.stop, { count: items.length, limit }, async (item, stop) => {
    log.state({ type: 'item.start', node: path, item, of: items.length })
    // Each item has a switch of its own, so that one that fails and is left out does not stop its neighbours.
    await forEachBelow(stop, { count: 1, limit: 1 }, async (_, own) => {
      results[item] = await runInner(container, { ...scope, stop: own }, String(item), items[item]!)
      log.state({ type: 'item.end', node: path, item, status: 'done' })
    }).catch((thrown: unknown) => {
      if (stop.signal.aborted || onItemError === 'stop') {
        log.state({ type: 'item.end', node: path, item, status: 'failed' })
        throw thrown
      }
      log.state({ type: 'item.end', node: path, item, status: onItemError === 'skip' ? 'skipped' : 'failed' })
      log.state({
        type: 'warn',
        node: path,
        message: `Item ${item + 1} of ${items.length} failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      })
    })
  })
  return join(container, results, onItemError === 'null')
}

function itemsAlong({ unit, inputs }: Container): ReadonlyMap<string, Held>[] {
  const { values } = unit.scope.run
  const lists = new Map(Array.from(inputs).flatMap(([name, held]) => (held.list ? [[name, itemsOf(held, values)] as const] : [])))
  const lengths = [...lists.values()].map((list) => list.length)
  const count = lengths[0] ?? 1
  if (lengths.some((length) => length !== count)) {
    const told = Array.from(lists, ([name, list]) => `“${name}” has ${list.length}`).join(', ')
    throw new TributaryError('input-type', `Lists of different lengths cannot go in step: ${told}.`, {
      hint: 'Make the lists equally long.',
    })
  }
  return Array.from({ length: count }, (_, item) => new Map(Array.from(inputs, ([name, held]) => [name, lists.get(name)?.[item] ?? held])))
}

/** A failed item is left out, or null stands in its place; so does an output that an item did not give. */
function join({ unit, prepared }: Container, results: readonly (Outputs | undefined)[], keepLength: boolean): Outputs {
  const { run } = unit.scope
  const outputs = new Map<string, Held>()
  for (const [name, { type }] of Object.entries(prepared.body.interface.outputs)) {
    const mentions = new Set<string>()
    const data = results.flatMap((result): unknown[] => {
      const held = result?.get(name)
      if (!held) return keepLength ? [null] : []
      const wire = read(held, run.values)
      for (const mention of held.mentions) mentions.add(mention)
      return wire.list ? (wire.data as unknown[]) : [wire.data]
    })
    outputs.set(name, hold(run, type, true, data, mentions))
  }
  return outputs
}
