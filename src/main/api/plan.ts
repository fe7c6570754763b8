import type { BranchesFigures, BranchesRun, RunPlan } from '../../shared/api'
import type { GraphDocument } from '../../shared/graph/document'
import { setBranches } from '../../shared/graph/edit'
import { type MemoryPlan, planMemory } from '../../shared/graph/memory'
import { runsInSequence } from '../../shared/graph/one-at-a-time'
import { planRun } from '../../shared/graph/plan'
import { validateGraph } from '../../shared/graph/validate'
import type { RunRequest } from '../executor'
import type { House } from './house'
import { listModels } from './models'

/** What would run and why, which models it takes, and whether they fit. Loads nothing. */
export async function planWith(house: House, request: RunRequest, budgetBytes: number): Promise<RunPlan> {
  const { document } = request
  const library = await listModels(house)
  const issues = validateGraph(document, house.specs, { library })
  const preview = await house.executor.plan(request)
  const { to, from, only } = request.options ?? {}
  const targets = { ...(to && { to }), ...(from && { from }), ...(only && { only }) }
  // What is kept or skipped loads nothing; what lies behind a step that runs is not known yet and counts as if it ran.
  const resting = new Set(preview.nodes.flatMap(({ node, action }) => (action === 'cached' || action === 'skip' ? [node] : [])))
  const memoryOf = (graph: GraphDocument): MemoryPlan =>
    planMemory(planRun({ document: graph, specs: house.specs, targets }), graph, library, { budgetBytes, resting, specs: house.specs })
  const memory = memoryOf(document)
  const held = memory.models.map(({ name, sha256 = '', sizeBytes, memoryBytes, nodes }) => ({
    name,
    sizeBytes,
    memoryBytes,
    loaded: house.isLoaded(sha256),
    nodes,
  }))
  const remote = preview.models.flatMap(({ ref, nodes }) =>
    ref.backend === 'llama-cpp' || nodes.every((node) => resting.has(node))
      ? []
      : [{ name: ref.name, sizeBytes: 0, memoryBytes: 0, loaded: house.isLoaded(ref.id), nodes }],
  )
  return {
    steps: preview.nodes,
    models: [...held, ...remote],
    memory: memory.steps,
    reloads: memory.reloads,
    peakBytes: memory.peakBytes,
    budgetBytes,
    fits: memory.tooLarge.length === 0,
    ...estimate(house, document.id, chosenIn(document)),
    ...(hasTurns(memory, document, house) ? { branches: branchesOf(house, document, memoryOf) } : {}),
    issues,
  }
}

const chosenIn = (document: GraphDocument): BranchesRun => (runsInSequence(document) ? 'sequence' : 'beside')

/** Is there anything that could run beside something: two steps with models, or the items of a Map? */
const hasTurns = ({ steps }: MemoryPlan, { nodes }: GraphDocument, { specs }: House): boolean =>
  steps.length > 1 || (steps.length > 0 && Object.values(nodes).some(({ type }) => specs.get(type)?.container === 'map'))

/** How branches run, and the figures of the other way. */
function branchesOf(
  house: House,
  document: GraphDocument,
  memoryOf: (graph: GraphDocument) => MemoryPlan,
): NonNullable<RunPlan['branches']> {
  const chosen = chosenIn(document)
  const branches = chosen === 'beside' ? 'sequence' : 'beside'
  const { peakBytes, reloads } = memoryOf(setBranches(document, { branches }).document)
  const other: BranchesFigures = { peakBytes, reloads, ...estimate(house, document.id, branches) }
  return { chosen, other }
}

const runsLookedAt = 20

/** The median of the last five whole runs of this graph that ran this way: what a person should expect. */
function estimate({ store }: House, graph: string, branches: BranchesRun): { estimatedMs?: number } {
  const times = store.runs
    .list({ graph, limit: runsLookedAt })
    .filter(({ id, status, totals }) => status === 'done' && totals && chosenIn(store.runs.document(id)) === branches)
    .slice(0, 5)
    .flatMap(({ totals }) => (totals ? [totals.wallMs] : []))
    .sort((a, b) => a - b)
  const median = times[Math.floor(times.length / 2)]
  return median === undefined ? {} : { estimatedMs: median }
}
