import type { NodeSpec } from '../node-spec'
import { type Asked, askedOf } from './asked'
import { canonicalParams, type Fed, type KeyParts } from './content-key'
import type { GraphBody, GraphDocument, GraphNode } from './document'
import { has } from './ids'
import { aliasOf } from './models'
import { modelsTogether, runsInSequence } from './one-at-a-time'
import { portsOf, takesMany } from './ports'
import { resolveSources, type Source } from './sources'
import type { NodeSpecs } from './specs'
import { hashSubgraph, subgraphsWithin } from './subgraph-hash'
import { selectTargets, type Targets } from './targets'

/** One input of a step. `many`: values of all sources in order; otherwise there is one source. */
export interface StepInput {
  readonly port: string
  readonly many: boolean
  readonly sources: readonly Source[]
}

export interface PlanStep {
  readonly node: string
  readonly type: string
  readonly spec: NodeSpec
  readonly inputs: readonly StepInput[]
  /** steps whose outputs it reads, each once */
  readonly waitsFor: readonly string[]
  /** smaller runs first among ready steps: how many steps lie between it and something a person sees */
  readonly priority: number
  /** what is known of its content key before any value is; the executor adds the seed, inputs, models, runtime and world */
  readonly staticKey: Pick<KeyParts, 'type' | 'v' | 'params' | 'subgraph' | 'asked'>
  /** param → alias of the graph, for params that no wire feeds */
  readonly models: { readonly [param: string]: string }
  /** aliases that the nodes inside a container name */
  readonly innerModels: readonly string[]
  /** names of its outputs */
  readonly outputs: readonly string[]
  /** already computed: its values are taken from an earlier run (`from` and `only`) */
  readonly isGiven: boolean
}

/** A node that is in the graph but not in the steps, though something asked for it. */
export interface Skipped {
  readonly node: string
  readonly reason: string
}

export interface Plan {
  /** in an order that respects all waits; ties by priority, or by models where branches run in sequence */
  readonly steps: readonly PlanStep[]
  readonly skipped: readonly Skipped[]
  /** where each output of the interface comes from; those that will not come are left out */
  readonly outputs: { readonly [name: string]: Source }
  /** interface inputs that some step or output needs */
  readonly neededInputs: readonly string[]
}

export interface PlanRequest {
  readonly document: GraphDocument
  /** the graph itself if absent */
  readonly body?: GraphBody
  readonly specs: NodeSpecs
  readonly targets?: Targets
}

/**
 * What would run and in which order. Pure: no clock, no cache, no value. Expects a body that `validateGraph` finds sound where the targets need it;
 * nodes on a circle, of unknown type, muted, or behind one of these are `skipped` with the reason. No recursion, linear in nodes and wires.
 */
export function planRun(request: PlanRequest): Plan {
  const { document, specs, body = document } = request
  const sources = resolveSources(body, specs, document)
  const chosen = selectTargets(body, specs, sources, request.targets ?? {})
  const asked = askedOf(body, specs, sources)
  const drafts = chosen.nodes.map((id) =>
    draftStep(id, body, specs, document, sources.ofNode.get(id) ?? new Map(), chosen.given, asked.get(id)),
  )
  const ordered = order(drafts, chosen.visible)
  const steps = runsInSequence(document) ? modelsTogether(ordered, document.models) : ordered
  const outputs = Object.fromEntries(Array.from(sources.outputs).filter(([, source]) => isKept(source, chosen.kept)))
  return {
    steps,
    skipped: chosen.skipped,
    outputs,
    neededInputs: neededInputs(steps, outputs),
  }
}

const isKept = (source: Source, kept: ReadonlySet<string>): boolean => source.kind === 'input' || kept.has(source.node)

/** A step whose priority is not known yet. */
type Draft = Omit<PlanStep, 'priority'> & { priority: number }

function draftStep(
  id: string,
  body: GraphBody,
  specs: NodeSpecs,
  document: GraphDocument,
  sources: ReadonlyMap<string, readonly Source[]>,
  given: ReadonlySet<string>,
  asked: Asked | undefined,
): Draft {
  const node = body.nodes[id] as GraphNode
  const spec = specs.get(node.type) as NodeSpec
  const ports = portsOf(node, spec, document)
  const isGiven = given.has(id)
  const inputs: StepInput[] = []
  const waits: string[] = []
  for (const [port, found] of isGiven ? [] : sources) {
    const input = ports.inputs.get(port)
    inputs.push({ port, many: input !== undefined && takesMany(input), sources: found })
    for (const source of found) if (source.kind === 'node') waits.push(source.node)
  }
  return {
    node: id,
    type: node.type,
    spec,
    inputs,
    waitsFor: waits.length > 1 ? [...new Set(waits)] : waits,
    staticKey: { ...staticKey(node, spec, sources, document), ...(asked && Object.keys(asked).length > 0 ? { asked } : {}) },
    models: modelsOf(node, spec, sources),
    priority: 0,
    innerModels: innerModels(node, specs, document),
    outputs: [...ports.outputs.keys()],
    isGiven,
  }
}

function staticKey(node: GraphNode, spec: NodeSpec, fed: Fed, document: GraphDocument): PlanStep['staticKey'] {
  const key = { type: node.type, v: node.v, params: canonicalParams(node, spec, fed) }
  if (spec.container === undefined || node.subgraph === undefined || !has(document.subgraphs, node.subgraph)) return key
  return { ...key, subgraph: hashSubgraph(document, node.subgraph) }
}

function modelsOf(node: GraphNode, spec: NodeSpec, fed: Fed): { [param: string]: string } {
  const aliases: { [param: string]: string } = {}
  for (const name in spec.params) {
    const param = spec.params[name]!
    const alias = param.kind === 'model' && !fed.has(name) && has(node.params, name) ? aliasOf(node.params[name]) : undefined
    if (alias !== undefined) aliases[name] = alias
  }
  return aliases
}

function innerModels(node: GraphNode, specs: NodeSpecs, document: GraphDocument): string[] {
  if (node.subgraph === undefined) return []
  const aliases = Object.values(subgraphsWithin(document, node.subgraph)).flatMap((body) =>
    Object.values(body.nodes).flatMap((inner) => {
      const spec = specs.get(inner.type)
      return spec ? Object.values(modelsOf(inner, spec, new Set())) : []
    }),
  )
  return [...new Set(aliases)].sort()
}

/** Steps from each step to the nearest one that a person sees, by walking upstream from those. */
function priorities(drafts: readonly Draft[], indexOf: ReadonlyMap<string, number>, visible: ReadonlySet<string>): number[] {
  const distance: number[] = new Array(drafts.length).fill(drafts.length)
  const front: number[] = []
  for (const id of visible) {
    const index = indexOf.get(id)
    if (index === undefined) continue
    distance[index] = 0
    front.push(index)
  }
  for (let i = 0; i < front.length; i++) {
    const index = front[i]!
    for (const source of drafts[index]!.waitsFor) {
      const upstream = indexOf.get(source)
      if (upstream === undefined || distance[upstream]! <= distance[index]! + 1) continue
      distance[upstream] = distance[index]! + 1
      front.push(upstream)
    }
  }
  return distance
}

const none = -1

/** Kahn's algorithm over buckets of equal priority: linear, and the same graph always gives the same order. */
function order(drafts: readonly Draft[], visible: ReadonlySet<string>): PlanStep[] {
  const indexOf = new Map<string, number>()
  for (let index = 0; index < drafts.length; index++) indexOf.set(drafts[index]!.node, index)
  const priority = priorities(drafts, indexOf, visible)
  const readers = drafts.map((): number[] => [])
  const waiting = drafts.map(({ waitsFor }) => waitsFor.length)
  for (let index = 0; index < drafts.length; index++)
    for (const source of drafts[index]!.waitsFor) {
      const upstream = indexOf.get(source)
      if (upstream !== undefined) readers[upstream]!.push(index)
    }

  // a queue for each priority: its first and its last step, and after each step the next one
  const first = new Int32Array(drafts.length + 1).fill(none)
  const last = new Int32Array(drafts.length + 1)
  const after = new Int32Array(drafts.length).fill(none)
  const push = (index: number): void => {
    const at = priority[index]!
    if (first[at] === none) first[at] = index
    else after[last[at]!] = index
    last[at] = index
  }
  for (let index = 0; index < drafts.length; index++) if (waiting[index] === 0) push(index)
  const steps: PlanStep[] = []
  for (let at = 0; at < first.length; ) {
    const index = first[at]!
    if (index === none) {
      at++
      continue
    }
    first[at] = after[index]!
    const step = drafts[index]!
    step.priority = priority[index]!
    steps.push(step)
    for (const reader of readers[index]!) {
      if (--waiting[reader]! > 0) continue
      push(reader)
      at = Math.min(at, priority[reader]!)
    }
  }
  return steps
}

function neededInputs(steps: readonly PlanStep[], outputs: Plan['outputs']): string[] {
  const needed = new Set<string>()
  const look = (source: Source): void => void (source.kind === 'input' && needed.add(source.input))
  for (const { inputs } of steps) for (const { sources } of inputs) sources.forEach(look)
  Object.values(outputs).forEach(look)
  return [...needed].sort()
}
