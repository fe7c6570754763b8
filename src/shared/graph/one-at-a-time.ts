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

/**
 * The steps in an order for one at a time: first what works with the models that are there, else with those that the fewest steps need besides, so that what is needed
 * for long is loaded late; else what was ready first. Respects all waits.
 */
export function modelsTogether(steps: readonly PlanStep[], models: GraphDocument['models']): PlanStep[] {
  const modelsOf = new Map(modelsOfSteps(steps).map(({ step, aliases }) => [step.node, namesOf(aliases, models)]))
  const isHeavy = (step: PlanStep): boolean => worksAlone(step.spec) && !step.isGiven
  const uses = new Map<string, number>()
  for (const step of steps)
    if (isHeavy(step)) for (const model of modelsOf.get(step.node) ?? []) uses.set(model, (uses.get(model) ?? 0) + 1)
  const readers = new Map<string, PlanStep[]>()
  const waiting = new Map<string, number>()
  for (const step of steps) {
    const sources = step.waitsFor.filter((source) => modelsOf.has(source))
    waiting.set(step.node, sources.length)
    for (const source of sources) readers.set(source, [...(readers.get(source) ?? []), step])
  }
  const light: PlanStep[] = []
  const heavy: PlanStep[] = []
  const push = (step: PlanStep): unknown => (isHeavy(step) ? heavy : light).push(step)
  for (const step of steps) if (waiting.get(step.node) === 0) push(step)
  let loaded: ReadonlySet<string> = new Set()
  /** 0: all of its models are there; else how long the one that is needed longest is needed */
  const cost = ({ node }: PlanStep): number =>
    Math.max(0, ...[...(modelsOf.get(node) ?? [])].filter((model) => !loaded.has(model)).map((model) => uses.get(model) ?? 0))
  const ordered: PlanStep[] = []
  for (;;) {
    const step = light.shift() ?? heavy.splice(leastAt(heavy.map(cost)), 1)[0]
    if (!step) return ordered
    ordered.push(step)
    if (isHeavy(step)) {
      loaded = modelsOf.get(step.node) ?? loaded
      for (const model of loaded) uses.set(model, (uses.get(model) ?? 0) - 1)
    }
    for (const reader of readers.get(step.node) ?? []) {
      const left = (waiting.get(reader.node) ?? 0) - 1
      waiting.set(reader.node, left)
      if (left === 0) push(reader)
    }
  }
}

/** Two aliases of one model are one model. */
const namesOf = (aliases: ReadonlySet<string>, models: GraphDocument['models']): ReadonlySet<string> =>
  new Set([...aliases].map((alias) => models[alias]?.sha256 ?? models[alias]?.catalog ?? alias))

/** Of equal ones the first. */
const leastAt = (numbers: readonly number[]): number => Math.max(0, numbers.indexOf(Math.min(...numbers)))

/** The models that no step from `next` on works with, of those that the steps before it do. */
export function doneWith(holdings: readonly ReadonlySet<string>[], next: number): string[] {
  const needed = new Set(holdings.slice(next).flatMap((aliases) => [...aliases]))
  return [...new Set(holdings.slice(0, next).flatMap((aliases) => [...aliases]))].filter((alias) => !needed.has(alias))
}
