import type { ModelCard, RunPlan, Settings } from '../../shared/api'
import { edited } from '../../shared/graph/diff'
import type { GraphBody, GraphDocument } from '../../shared/graph/document'
import { type Edited, setBranches, setModelAlias, setParam } from '../../shared/graph/edit'
import { estimateMemory, planMemory } from '../../shared/graph/memory'
import { aliasOf, resolveModel } from '../../shared/graph/models'
import { planRun } from '../../shared/graph/plan'
import type { NodeSpecs } from '../../shared/graph/specs'
import { formatBytes, plural } from '../parts/format'
import { aliasFor } from '../state/editing'

/** What would make a plan fit, or spare it a second load: one edit or one setting, which is offered only where it changes something. Pure. */
export interface PlanFix {
  readonly label: string
  /** what it saves, and what it costs */
  readonly effect: string
  /** of the graph */
  change?(document: GraphDocument): Edited
  /** of this machine, for all graphs */
  readonly settings?: Partial<Pick<Settings, 'memoryBudgetBytes' | 'gpuLayers'>>
}

/** What is known of this machine. */
export interface Machine {
  readonly totalBytes: number
  readonly settings: Pick<Settings, 'memoryBudgetBytes' | 'gpuLayers'> & { readonly device: string }
}

/** What fixes are made of, and judged by. */
export interface Known {
  readonly library: readonly ModelCard[]
  readonly specs: NodeSpecs
  readonly machine?: Machine
}

type Planned = Pick<RunPlan, 'steps' | 'models' | 'memory' | 'fits' | 'reloads' | 'peakBytes' | 'budgetBytes' | 'branches'>

/** Most that is offered: a choice, not a list. */
const most = 5

export function planFixes(plan: Planned, document: GraphDocument, { library, specs, machine }: Known): PlanFix[] {
  if (plan.fits && plan.reloads === 0) return inSequence(plan)
  const used = usedModels(document, library)
  return [
    ...[...smaller(used, library), ...shared(used)].filter(
      ({ change }) => change && helps(plan, document, change(document).document, library, specs),
    ),
    ...shorterContexts(document, new Set(plan.memory.map(({ node }) => node.split('/').at(-1) ?? node)), used, (next) =>
      sparedBytes(document, next, library, specs),
    ),
    ...inSequence(plan),
    ...(machine ? [...moreMemory(plan, used, machine), ...fewerLayers(machine)] : []),
  ].slice(0, most)
}

/** Does the same plan come to less with the change: less memory at its peak, fewer models that are loaded twice, a step that fits? */
function helps(plan: Planned, before: GraphDocument, after: GraphDocument, library: readonly ModelCard[], specs: NodeSpecs): boolean {
  const kept = new Set(plan.steps.flatMap(({ node, action }) => (action === 'cached' || action === 'skip' ? [node] : [])))
  const figuresOf = (graph: GraphDocument, resting: ReadonlySet<string>) => {
    const { peakBytes, reloads, tooLarge } = planMemory(planRun({ document: graph, specs }), graph, library, {
      budgetBytes: plan.budgetBytes,
      resting,
      specs,
    })
    return { peakBytes, reloads, tooLarge: tooLarge.length }
  }
  const was = figuresOf(before, kept)
  const is = figuresOf(after, stillKept(kept, before, after, specs))
  return is.tooLarge < was.tooLarge || (is.tooLarge === was.tooLarge && (is.reloads < was.reloads || is.peakBytes < was.peakBytes))
}

/** A node with another model, and what follows it, has no kept result any more. */
function stillKept(kept: ReadonlySet<string>, before: GraphDocument, after: GraphDocument, specs: NodeSpecs): ReadonlySet<string> {
  const changed = new Set(Object.keys(after.models).filter((alias) => after.models[alias] !== before.models[alias]))
  const stale = new Set<string>()
  for (const { node, models, innerModels, waitsFor } of planRun({ document: after, specs }).steps)
    if ([...Object.values(models), ...innerModels].some((alias) => changed.has(alias)) || waitsFor.some((source) => stale.has(source)))
      stale.add(node)
  return new Set([...kept].filter((node) => !stale.has(node)))
}

interface Used {
  readonly alias: string
  readonly card: ModelCard
}

/** Models that a node names, largest first. */
function usedModels(document: GraphDocument, library: readonly ModelCard[]): Used[] {
  const named = new Set(
    Object.values(document.nodes).flatMap((node) => Object.values(node.params).flatMap((value) => aliasOf(value) ?? [])),
  )
  return [...named]
    .flatMap((alias) => {
      const model = document.models[alias]
      const found = model && resolveModel(model, library)
      const card = found && library.find((candidate) => candidate === found)
      return card ? [{ alias, card }] : []
    })
    .sort((a, b) => b.card.sizeBytes - a.card.sizeBytes)
}

/** The same model in another quantisation, else the next smaller one that can do the same. */
function smaller(used: readonly Used[], library: readonly ModelCard[]): PlanFix[] {
  return used.slice(0, 2).flatMap(({ alias, card }) => {
    const fitting = library.filter(
      (other) =>
        other.state === 'present' &&
        other.sha256 !== card.sha256 &&
        other.sizeBytes < card.sizeBytes * 0.9 &&
        card.goodFor.every((need) => other.goodFor.includes(need)),
    )
    const isTwin = (other: ModelCard) =>
      other.architecture === card.architecture && other.parameters === card.parameters && other.vocabulary === card.vocabulary
    const best = fitting.sort((a, b) => Number(isTwin(b)) - Number(isTwin(a)) || b.sizeBytes - a.sizeBytes)[0]
    return best
      ? [replace(alias, card, best, isTwin(best) ? 'the same model, coarser numbers' : 'a smaller model: answers will differ')]
      : []
  })
}

/** Two models that can do the same become one: it is loaded once. */
function shared(used: readonly Used[]): PlanFix[] {
  const [large, ...others] = used
  const one = others.find(
    ({ card }) => large && card.sha256 !== large.card.sha256 && large.card.goodFor.every((need) => card.goodFor.includes(need)),
  )
  return large && one ? [replace(large.alias, large.card, one.card, `shares the one that “${one.alias}” uses`)] : []
}

function replace(alias: string, before: ModelCard, after: ModelCard, cost: string): PlanFix {
  return {
    label: `Use ${after.name} for “${alias}”`,
    effect: `saves about ${Math.round((before.sizeBytes - after.sizeBytes) / 1e6)} MB; ${cost}`,
    change: (document) => setModelAlias(document, { alias, model: aliasFor(after) }),
  }
}

export const sequenceLabel = 'Run branches in sequence'

/**
 * For models that do not fit beside each other: what makes room for the other in turns is loaded once when each branch is run to its end. Nothing of it helps a
 * step that is too large by itself.
 */
function inSequence({ branches, models, fits, reloads, peakBytes, budgetBytes }: Planned): PlanFix[] {
  const together = models.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
  if (branches?.chosen !== 'beside' || !fits || together <= budgetBytes) return []
  const { other } = branches
  if (other.reloads >= reloads && other.peakBytes >= peakBytes) return []
  const peak = other.peakBytes < peakBytes ? `${formatBytes(other.peakBytes)} at the most instead of ${formatBytes(peakBytes)}` : ''
  const twice = other.reloads === 0 ? 'nothing is loaded twice' : `${plural(other.reloads, 'model')} loaded twice`
  return [
    {
      label: sequenceLabel,
      effect: `${[peak, twice].filter(Boolean).join(', ')}; one node with a model at a time`,
      change: (document) => setBranches(document, { branches: 'sequence' }),
    },
  ]
}

/** Answers are short where nobody asked for long ones: what a model may write decides how large its context has to be. */
const shortAnswer = 256

/** Half as long answers where nodes that take memory may write long ones, in the graph and in those inside it. */
function shorterContexts(
  document: GraphDocument,
  holding: ReadonlySet<string>,
  used: readonly Used[],
  spared: (next: GraphDocument) => number,
): PlanFix[] {
  const bodies: readonly (readonly [string | undefined, GraphBody])[] = [[undefined, document], ...Object.entries(document.subgraphs)]
  const long = bodies.flatMap(([scope, { nodes }]) =>
    Object.entries(nodes).flatMap(([node, { params }]) => {
      const { maxTokens } = params
      return typeof maxTokens === 'number' && maxTokens > shortAnswer && holding.has(node) ? [{ scope, node, maxTokens }] : []
    }),
  )
  const longest = Math.max(...long.map(({ maxTokens }) => maxTokens))
  if (long.length === 0) return []
  const shorter = (tokens: number) => Math.max(shortAnswer, Math.floor(tokens / 2))
  const shortened = (before: GraphDocument) =>
    long.reduce(
      (at, { scope, node, maxTokens }) => setParam(at, { scope, node, param: 'maxTokens', value: shorter(maxTokens) }).document,
      before,
    )
  const bytes = spared(shortened(document))
  const isKnown = used.every(({ card }) => card.context !== undefined && card.measured === undefined)
  if (bytes <= 0 && isKnown) return []
  return [
    {
      label: `Reduce contexts: answers of at most ${shorter(longest)} tokens`,
      effect: `instead of ${longest}; longer answers end there, ${bytes > 0 ? `which saves about ${formatBytes(bytes)}` : 'and the next run measures what it spares'}`,
      change: (before) => edited(before, shortened(before)),
    },
  ]
}

/** What a graph takes less than another if nothing makes room for anything. */
function sparedBytes(before: GraphDocument, after: GraphDocument, library: readonly ModelCard[], specs: NodeSpecs): number {
  const peakOf = (document: GraphDocument) => planMemory(planRun({ document, specs }), document, library, { specs }).peakBytes
  return peakOf(before) - peakOf(after)
}

/** As much of this machine as the plan needs, with a tenth left for everything else. */
function moreMemory(
  { peakBytes, budgetBytes }: Pick<RunPlan, 'peakBytes' | 'budgetBytes'>,
  used: readonly Used[],
  { totalBytes }: Machine,
): PlanFix[] {
  const together = used.reduce((sum, { card }) => sum + estimateMemory(card), 0)
  const wanted = Math.max(peakBytes, together)
  if (wanted <= budgetBytes || wanted > totalBytes * 0.9) return []
  const memoryBudgetBytes = Math.ceil(wanted / 1e8) * 1e8
  return [
    {
      label: `Let models take ${formatBytes(memoryBudgetBytes)}`,
      effect: `instead of ${formatBytes(budgetBytes)}, of ${formatBytes(totalBytes)} that this machine has; for all graphs`,
      settings: { memoryBudgetBytes },
    },
  ]
}

/** A fixed number of layers on the graphics card goes back to as many as fit; the rest is offloaded to the processor. */
function fewerLayers({ settings }: Machine): PlanFix[] {
  if (settings.device === 'cpu' || settings.gpuLayers < 0) return []
  return [
    {
      label: 'Offload layers that do not fit on the graphics card',
      effect: `instead of ${plural(settings.gpuLayers, 'layer')} there whatever happens; slower where it does not fit; for all graphs`,
      settings: { gpuLayers: -1 },
    },
  ]
}
