import type { PlannedNode } from '../../shared/run/events'
import type { ModelRef } from '../../shared/value'
import { lookUp, reasonOfHit, reasonToRun } from './cache'
import { gather, liftedPorts, type Values } from './gather'
import { type Held, holdAllStored } from './held'
import { isPinnedWhole, pinnedOn } from './pins'
import type { Prepared, Step } from './prepare'
import type { Scope } from './scope'
import { andThen, rescue, type Soon } from './soon'
import { forcedBy, type Resolved, resolve, type Unit } from './unit'

export interface LookAhead {
  readonly nodes: readonly PlannedNode[]
  /** what was resolved, by step: the run need not do it again */
  readonly known: ReadonlyMap<number, Resolved>
  readonly models: ReadonlyMap<string, readonly ModelRef[]>
}

/** What each step would do and why, as far as the cache tells without running anything: behind a node that must run, nothing is known. */
export async function lookAhead(scope: Scope, prepared: Prepared, inputs: ReadonlyMap<string, Held>): Promise<LookAhead> {
  const { steps, plan } = prepared
  const values: Values = { inputs, outputs: steps.map(() => undefined) }
  const known = new Map<number, Resolved>()
  const models = new Map<string, readonly ModelRef[]>()
  const nodes: PlannedNode[] = []
  for (const step of steps) {
    const soon = lookAt(scope, step, values)
    const seen = soon instanceof Promise ? await soon : soon
    nodes.push({ node: step.node, action: seen.action, reason: seen.reason })
    if (seen.outputs) values.outputs[step.index] = seen.outputs
    if (seen.resolved) known.set(step.index, seen.resolved)
    const used = Object.values(seen.resolved?.constants.models ?? {})
    if (used.length > 0) models.set(step.node, used)
  }
  const skipped = plan.skipped.map(({ node, reason }) => ({ node, action: 'skip' as const, reason }))
  return { nodes: [...nodes, ...skipped], known, models }
}

interface Seen {
  readonly action: PlannedNode['action']
  readonly reason: string
  readonly outputs?: ReadonlyMap<string, Held>
  readonly resolved?: Resolved
}

function lookAt(scope: Scope, step: Step, values: Values): Soon<Seen> {
  const { run } = scope
  if (step.isGiven) {
    const refs = run.earlier.outputs.get(step.node)
    if (!refs) return { action: 'unknown', reason: 'has no value from an earlier run' }
    return { action: 'cached', reason: `its value of run ${run.earlier.run}`, outputs: holdAllStored(refs) }
  }
  if (isPinnedWhole(step.outputs, pinnedOn(scope, step.node))) return { action: 'cached', reason: 'its value is pinned by hand' }
  const behind = step.upstream.find((index) => values.outputs[index] === undefined)
  if (behind !== undefined) return { action: 'unknown', reason: 'depends on what comes before it' }
  if (step.spec.effect === 'writes-world' && run.options.preview)
    return { action: 'skip', reason: 'changes the world, which a preview does not' }
  if (step.spec.container !== undefined) return { action: 'run', reason: 'runs the graph inside it; its nodes are cached one by one' }

  const gathered = gather(step, values)
  if (!('arrived' in gathered)) return { action: 'skip', reason: gathered.reason }
  const unit = { scope, step, path: step.node, iteration: -1, arrived: gathered.arrived }
  const resolved = rescue<Resolved | Seen>(
    () => resolve(unit),
    (thrown) => ({ action: 'run', reason: thrown instanceof Error ? thrown.message : String(thrown) }),
  )
  return andThen(resolved, (found) => ('key' in found ? lookUpUnit(unit, found) : found))
}

function lookUpUnit(unit: Unit, resolved: Resolved): Seen {
  const { scope, step, arrived } = unit
  const { run } = scope
  const useCache = resolved.cacheable && forcedBy(unit) === undefined && run.options.cache !== 'ignore'
  const found = useCache ? lookUp(run, resolved.key.key) : undefined
  // A hit stays one; what is not there now may be computed by an equal node before it is this one's turn.
  if (typeof found === 'object') resolved.found = found
  const isLifted = liftedPorts(step, arrived).length > 0
  const resolvedOnce = isLifted ? {} : { resolved }
  if (typeof found === 'object')
    return { action: 'cached', reason: reasonOfHit(run, found), outputs: holdAllStored(found.outputs), ...resolvedOnce }
  const reason = resolved.cacheable ? reasonToRun(run, step.node, resolved.key, step.spec, forcedBy(unit), found) : 'runs every time'
  return { action: 'run', reason, ...resolvedOnce }
}
