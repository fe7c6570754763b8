import { carriesModels } from '../wire'
import type { PlanStep } from './plan'
import type { Source } from './sources'

const none: ReadonlySet<string> = new Set()

/** A step with the aliases of the models that it works with. */
export interface HoldingStep {
  readonly step: PlanStep
  /** its own, those inside it, and those that its wires bring */
  readonly aliases: ReadonlySet<string>
  /** of these, what comes in by each port */
  readonly arriving: ReadonlyMap<string, ReadonlySet<string>>
}

/**
 * Which models each step works with, whether it names them itself or an expression on its wires does. `steps` in an order that respects all waits; `fed`:
 * aliases that come in by the inputs of the graph.
 */
export function modelsOfSteps(steps: readonly PlanStep[], fed: ReadonlyMap<string, ReadonlySet<string>> = new Map()): HoldingStep[] {
  const known = new Map<string, HoldingStep>()
  const carriedBy = (source: Source): ReadonlySet<string> => {
    if (source.kind !== 'node') return fed.get(source.input) ?? none
    const from = known.get(source.node)
    const kind = from?.step.spec.outputs[source.port]?.wire
    return from && kind && carriesModels.has(kind) ? from.aliases : none
  }
  return steps.map((step) => {
    const arriving = new Map(step.inputs.map(({ port, sources }) => [port, new Set(sources.flatMap((source) => [...carriedBy(source)]))]))
    const carried = [...arriving.values()].flatMap((aliases) => [...aliases])
    const holding = { step, arriving, aliases: new Set([...Object.values(step.models), ...step.innerModels, ...carried]) }
    known.set(step.node, holding)
    return holding
  })
}
