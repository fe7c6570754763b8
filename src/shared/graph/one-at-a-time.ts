import type { NodeSpec } from '../node-spec'
import type { GraphDocument } from './document'
import { modelsOfSteps } from './held-models'
import type { PlanStep } from './plan'

/**
 * Branches in sequence: of the nodes that work with models, one runs at a time, those of the same models one after another, and a model that nothing to
 * come needs leaves memory before the next one works. It costs time, and changes no result.
 */
export const runsInSequence = ({ branches }: Pick<GraphDocument, 'branches'>): boolean => branches === 'sequence'

/** Of such nodes one runs at a time: those that take a model into memory, and those with a graph inside, which may. */
export const worksAlone = ({ resource, container }: Pick<NodeSpec, 'resource' | 'container'>): boolean =>
  resource === 'model' || container !== undefined

/** The steps in an order for one at a time: first what needs no model that is not there, else what was ready first. Respects all waits; the input's order decides the rest. */
export function modelsTogether(steps: readonly PlanStep[]): PlanStep[] {
  const aliasesOf = new Map(modelsOfSteps(steps).map(({ step, aliases }) => [step.node, aliases]))
  const isStep = new Set(aliasesOf.keys())
  const readers = new Map<string, PlanStep[]>()
  const waiting = new Map<string, number>()
  for (const step of steps) {
    const sources = step.waitsFor.filter((source) => isStep.has(source))
    waiting.set(step.node, sources.length)
    for (const source of sources) readers.set(source, [...(readers.get(source) ?? []), step])
  }
  const light: PlanStep[] = []
  const heavy: PlanStep[] = []
  const push = (step: PlanStep): unknown => (worksAlone(step.spec) && !step.isGiven ? heavy : light).push(step)
  for (const step of steps) if (waiting.get(step.node) === 0) push(step)
  let loaded: ReadonlySet<string> = new Set()
  const ordered: PlanStep[] = []
  for (;;) {
    const step = light.shift() ?? heavy.splice(Math.max(0, heavy.findIndex(isThere)), 1)[0]
    if (!step) return ordered
    ordered.push(step)
    if (worksAlone(step.spec) && !step.isGiven) loaded = aliasesOf.get(step.node) ?? loaded
    for (const reader of readers.get(step.node) ?? []) {
      const left = (waiting.get(reader.node) ?? 0) - 1
      waiting.set(reader.node, left)
      if (left === 0) push(reader)
    }
  }

  function isThere({ node }: PlanStep): boolean {
    return [...(aliasesOf.get(node) ?? [])].every((alias) => loaded.has(alias))
  }
}

/** The models that no step from `next` on works with, of those that the steps before it do. */
export function doneWith(holdings: readonly ReadonlySet<string>[], next: number): string[] {
  const needed = new Set(holdings.slice(next).flatMap((aliases) => [...aliases]))
  return [...new Set(holdings.slice(0, next).flatMap((aliases) => [...aliases]))].filter((alias) => !needed.has(alias))
}
