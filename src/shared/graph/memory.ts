import { vocabularyBytes } from '../context-memory/cache'
import { contextBytes } from '../context-memory/model-shape'
import type { NodeSpec } from '../node-spec'
import type { GraphBody, GraphDocument, GraphNode } from './document'
import { modelsOfSteps } from './held-models'
import { has } from './ids'
import { findAlias, type LibraryModel, type ModelLibrary, nameModel, resolveModel } from './models'
import { runsInSequence, worksAlone } from './one-at-a-time'
import { type Plan, planRun } from './plan'
import { paramValue } from './ports'
import type { NodeSpecs } from './specs'

/** A model that a step holds while it runs. */
export interface Lease {
  readonly alias: string
  /** hash of the file; absent for a remote model, which needs no memory here, and for one that is not in the library */
  readonly sha256?: string
  readonly name: string
  readonly sizeBytes: number
  /** measured at earlier loads on this device, else estimated */
  readonly memoryBytes: number
  /** of these, what cannot be given back while it works; below the truth where nothing was measured */
  readonly neededBytes: number
}

/** What a step does to memory before it begins. */
export interface MemoryStep {
  readonly node: string
  /** names of models that it loads, and of those that go before: to make room, or because nothing to come needs them */
  readonly loads: readonly string[]
  readonly evicts: readonly string[]
  /** loaded models together, while it runs */
  readonly totalBytes: number
}

export interface MemoryPlan {
  /** the steps that hold models, in their order */
  readonly steps: readonly MemoryStep[]
  /** step (node id) → what it holds; steps that hold nothing are left out */
  readonly leases: ReadonlyMap<string, readonly Lease[]>
  /** models in the order of their first use, each once, with the nodes that use them */
  readonly models: readonly (Lease & { readonly nodes: readonly string[] })[]
  /** predicted greatest sum of loaded models, with eviction of the least recently used where the budget asks for it */
  readonly peakBytes: number
  /** models that are loaded again because they had to make room */
  readonly reloads: number
  /** steps whose own models are together larger than the budget: nothing helps but smaller models */
  readonly tooLarge: readonly { readonly node: string; readonly needsBytes: number; readonly models: readonly string[] }[]
}

/** containers within containers that are looked into */
const deepest = 32

/** Nobody knows how long a prompt will be before it is written: one of two hundred words and less. */
const usualPrompt = 255

/**
 * Weights, and a context for a prompt and so many tokens after it, by the header. Of a model whose header does not say it, or was not read: 64 MiB, of a
 * few megabytes about twice its size. Replaced by a measured value after the first load.
 */
export function estimateMemory({ measured, context, sizeBytes }: LibraryModel, tokens = 0): number {
  if (measured) return measured.memoryBytes
  if (!context) return Math.ceil(sizeBytes * 1.08) + Math.min(64 * 1024 * 1024, 2 * sizeBytes)
  const { shape, onCpu, mostTokens } = context
  const longest = Math.min(mostTokens, usualPrompt + tokens)
  const wanted = { cells: 1 + longest, longest, sequences: 1, neverForks: true }
  return sizeBytes + vocabularyBytes(shape.vocabularySize, shape.hasMerges) + Math.ceil(contextBytes(shape, wanted, 1, onCpu))
}

/** What a model takes at the least: measured without what is only kept for later, else its weights. A plan is refused for this alone, never for an estimate. */
export const leastMemory = (model: LibraryModel): number => model.measured?.neededBytes ?? model.sizeBytes

export interface MemoryOptions {
  /** absent: nothing is ever evicted */
  readonly budgetBytes?: number
  /** steps that will not run, because their results are kept or they are skipped: they hold nothing */
  readonly resting?: ReadonlySet<string>
  /** to look into containers; absent: a container counts as if it held all its models at once */
  readonly specs?: NodeSpecs
}

/**
 * Walks the plan in its order and loads, keeps and evicts on paper. Expressions load nothing: their models are held by the step that works on
 * them (a Decoder holds those of all its leaves at once). What runs inside a container takes its models and gives them back one step after the other; such a
 * step is called by its path (`map/ask`). Where branches run in sequence, models that nothing to come needs go before the next node works.
 */
export function planMemory(
  plan: Plan,
  document: GraphDocument,
  library: ModelLibrary,
  { budgetBytes = Number.POSITIVE_INFINITY, resting = new Set(), specs }: MemoryOptions = {},
): MemoryPlan {
  const leases = new Map<string, Lease[]>()
  const models = new Map<string, Lease & { nodes: string[] }>()
  const running = { ...plan, steps: plan.steps.map((step) => (resting.has(step.node) ? { ...step, isGiven: true } : step)) }
  for (const { path, aliases, tokens } of heldBySteps(running, { document, body: document, specs, fed: new Map(), prefix: '' })) {
    const held = [...aliases].flatMap((alias) => leaseOf(alias, tokens, document, library))
    if (held.length === 0) continue
    leases.set(path, held)
    for (const lease of held) {
      const known = models.get(keyOf(lease))
      const nodes = [...(known?.nodes ?? []), path]
      models.set(keyOf(lease), known && known.memoryBytes >= lease.memoryBytes ? { ...known, nodes } : { ...lease, nodes })
    }
  }
  return { leases, models: [...models.values()], ...simulate([...leases], budgetBytes, runsInSequence(document)) }
}

/** A graph, or the graph inside a container. */
interface Within {
  readonly document: GraphDocument
  readonly body: GraphBody
  readonly specs: NodeSpecs | undefined
  /** aliases that come in by the inputs of the graph */
  readonly fed: ReadonlyMap<string, ReadonlySet<string>>
  /** the way in: `outer/` */
  readonly prefix: string
}

/** What may be held at one time: by a step, or by one inside it. */
interface Holding {
  readonly path: string
  readonly aliases: ReadonlySet<string>
  /** that it may write at most; 0 where it writes none */
  readonly tokens: number
}

/** The aliases of the models that each step works with: its own, and those that its wires bring. */
function heldBySteps({ steps }: Plan, within: Within): Holding[] {
  const { document, body, specs, fed, prefix } = within
  return modelsOfSteps(steps, fed).flatMap(({ step, aliases, arriving }): Holding[] => {
    if (step.isGiven) return []
    const { container } = step.spec
    const inside = container && body.nodes[step.node]?.subgraph
    const inner = inside !== undefined && has(document.subgraphs, inside) ? document.subgraphs[inside] : undefined
    if (inner && specs && prefix.split('/').length <= deepest) {
      const plan = planRun({ document, body: inner, specs })
      return heldBySteps(plan, { document, body: inner, specs, fed: arriving, prefix: `${prefix}${step.node}/` })
    }
    // A merge reads its models tensor by tensor and loads none.
    return worksAlone(step.spec) ? [{ path: prefix + step.node, aliases, tokens: tokensOf(body.nodes[step.node], step.spec) }] : []
  })
}

/** How long its answers may be, by its param; by the default where a wire says it. */
function tokensOf(node: GraphNode | undefined, spec: NodeSpec): number {
  const value = node ? paramValue(node, spec, 'maxTokens') : undefined
  return typeof value === 'number' ? value : 0
}

/** One model under two aliases is one, fetched or not. */
const keyOf = (lease: Lease): string => lease.sha256 ?? lease.name

function leaseOf(alias: string, tokens: number, document: Pick<GraphDocument, 'models'>, library: ModelLibrary): Lease[] {
  const model = findAlias(document.models, alias)
  if (!model || model.remote) return []
  const found = resolveModel(model, library)
  const name = found?.name ?? nameModel(alias, model)
  if (!found) return [{ alias, name, sizeBytes: 0, memoryBytes: 0, neededBytes: 0 }]
  const hash = found.sha256 === undefined ? {} : { sha256: found.sha256 }
  return [{ alias, ...hash, name, sizeBytes: found.sizeBytes, memoryBytes: estimateMemory(found, tokens), neededBytes: leastMemory(found) }]
}

/** Models that no later node of the graph needs, of those that are loaded when the node with `steps[at]` begins. A container gives back what it took when it ends. */
function idleAt(steps: readonly (readonly [string, readonly Lease[]])[], at: number, loaded: ReadonlyMap<string, number>): string[] {
  const nodeOf = (step: number): string | undefined => steps[step]?.[0].split('/', 1)[0]
  if (at === 0 || nodeOf(at) === nodeOf(at - 1)) return []
  const needed = new Set(steps.slice(at).flatMap(([, held]) => held.map(keyOf)))
  return [...loaded.keys()].filter((key) => !needed.has(key))
}

function simulate(steps: readonly (readonly [string, readonly Lease[]])[], budgetBytes: number, inSequence: boolean) {
  /** loaded models, least recently used first */
  const loaded = new Map<string, number>()
  const everLoaded = new Set<string>()
  const tooLarge: { node: string; needsBytes: number; models: string[] }[] = []
  let total = 0
  let peakBytes = 0
  let reloads = 0
  const memory: MemoryStep[] = []
  const names = new Map(steps.flatMap(([, held]) => held.map((lease) => [keyOf(lease), lease.name] as const)))
  const nameOf = (key: string): string => names.get(key) ?? key
  for (const [at, [node, held]] of steps.entries()) {
    // A context that was made before and is large enough is used again; a larger one stays.
    const needed = new Map(held.map((lease) => [keyOf(lease), Math.max(lease.memoryBytes, loaded.get(keyOf(lease)) ?? 0)]))
    const leastBytes = [...new Map(held.map((lease) => [keyOf(lease), lease.neededBytes])).values()].reduce((sum, bytes) => sum + bytes, 0)
    const needsBytes = [...needed.values()].reduce((sum, bytes) => sum + bytes, 0)
    if (leastBytes > budgetBytes) tooLarge.push({ node, needsBytes: leastBytes, models: held.map(({ name }) => name) })
    const loads = [...needed.keys()].filter((key) => !loaded.has(key)).map(nameOf)
    const evicts: string[] = []
    for (const key of inSequence ? idleAt(steps, at, loaded) : []) {
      total -= loaded.get(key) ?? 0
      loaded.delete(key)
      evicts.push(nameOf(key))
    }
    for (const [key, bytes] of needed) {
      if (loaded.delete(key)) total -= bytes
      else if (everLoaded.has(key)) reloads++
      everLoaded.add(key)
    }
    for (const [key, bytes] of loaded) {
      if (total + needsBytes <= budgetBytes) break
      loaded.delete(key)
      evicts.push(nameOf(key))
      total -= bytes
    }
    for (const [key, bytes] of needed) loaded.set(key, bytes)
    total += needsBytes
    memory.push({ node, loads, evicts, totalBytes: total })
    // What is kept for later gives way to the budget; what is needed does not.
    peakBytes = Math.max(peakBytes, Math.min(total, Math.max(budgetBytes, leastBytes)))
  }
  return { steps: memory, peakBytes, reloads, tooLarge }
}
