import type { GraphBody, GraphDocument, GraphNode } from '../../shared/graph/document'
import { has } from '../../shared/graph/ids'
import { type Plan, type PlanStep, planRun } from '../../shared/graph/plan'
import { type NodePorts, portsOf } from '../../shared/graph/ports'
import type { NodeSpecs } from '../../shared/graph/specs'
import type { Targets } from '../../shared/graph/targets'
import type { NodeDefinition } from '../node-runtime'
import type { ExecutorParts } from './interfaces'

/** A step of the plan with everything that running it needs at hand. */
export interface Step extends PlanStep {
  readonly index: number
  readonly graphNode: GraphNode
  readonly definition: NodeDefinition
  readonly ports: NodePorts
  /** for each port with sources: the steps that give them, by index, with the name of the output (−1: a step that this plan has not); without an index an input of the interface */
  readonly feeds: readonly Feed[]
  /** steps that must end before this one may start, and those that wait for this one */
  readonly upstream: readonly number[]
  readonly readers: readonly number[]
  /** the body that a container runs */
  readonly inner?: GraphBody
}

export interface Feed {
  readonly port: string
  readonly from: readonly { readonly index: number | undefined; readonly name: string }[]
}

export interface Prepared {
  readonly body: GraphBody
  readonly plan: Plan
  readonly steps: readonly Step[]
  readonly indexOf: ReadonlyMap<string, number>
}

export interface Surroundings {
  readonly document: GraphDocument
  readonly specs: NodeSpecs
  readonly catalog: ExecutorParts['catalog']
}

/** The body of a container, prepared once for all its items: documents are never changed in place. */
export function prepareInner(body: GraphBody, surroundings: Surroundings): Prepared {
  const known = cache.get(body)
  if (known && known.specs === surroundings.specs && known.document === surroundings.document) return known.prepared
  const prepared = prepare(body, surroundings, {})
  cache.set(body, { specs: surroundings.specs, document: surroundings.document, prepared })
  return prepared
}

const cache = new WeakMap<GraphBody, { specs: NodeSpecs; document: GraphDocument; prepared: Prepared }>()

export function prepare(body: GraphBody, { document, specs, catalog }: Surroundings, targets: Targets): Prepared {
  const plan = planRun({ document, body, specs, targets })
  const indexOf = new Map(plan.steps.map((step, index) => [step.node, index]))
  const readers = plan.steps.map((): number[] => [])
  plan.steps.forEach((step, index) => {
    for (const source of step.waitsFor) readers[indexOf.get(source)!]?.push(index)
  })

  const steps = plan.steps.map((step, index): Step => {
    const graphNode = body.nodes[step.node]!
    const inner = innerBody(graphNode, step, document)
    return {
      ...step,
      index,
      graphNode,
      definition: catalog.get(step.type)!,
      ports: portsOf(graphNode, step.spec, document),
      feeds: step.inputs.map(({ port, sources }) => ({
        port,
        from: sources.map((source) =>
          source.kind === 'input' ? { index: undefined, name: source.input } : { index: indexOf.get(source.node) ?? -1, name: source.port },
        ),
      })),
      upstream: step.waitsFor.map((source) => indexOf.get(source)).filter((source) => source !== undefined),
      readers: readers[index]!,
      ...(inner === undefined ? {} : { inner }),
    }
  })
  return { body, plan, steps, indexOf }
}

function innerBody(node: GraphNode, step: PlanStep, document: GraphDocument): GraphBody | undefined {
  if (step.spec.container === undefined || node.subgraph === undefined || !has(document.subgraphs, node.subgraph)) return undefined
  return document.subgraphs[node.subgraph]
}
