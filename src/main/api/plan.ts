import type { RunPlan } from '../../shared/api'
import { planMemory } from '../../shared/graph/memory'
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
  const memory = planMemory(planRun({ document, specs: house.specs, targets }), document, library, {
    budgetBytes,
    resting,
    specs: house.specs,
  })
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
    ...estimate(house, document.id),
    issues,
  }
}

/** The median of the last five whole runs of this graph: what a person should expect. */
function estimate(house: House, graph: string): { estimatedMs?: number } {
  const times = house.store.runs
    .list({ graph, limit: 5 })
    .flatMap((run) => (run.status === 'done' && run.totals ? [run.totals.wallMs] : []))
    .sort((a, b) => a - b)
  const median = times[Math.floor(times.length / 2)]
  return median === undefined ? {} : { estimatedMs: median }
}
