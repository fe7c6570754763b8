import { TributaryError } from '../../shared/errors'
import type { NodeExec, OutputRefs, RunStore } from './interfaces'
import type { RunOptions } from './run-request'
import type { RunState } from './run-state'

/** How many past runs are looked through for a node's last key and for values to start from. */
const runsBack = 8

/** Finds the key of a node's last result in the runs before this one. Each run is read when one is asked that no newer run has. */
export function lastKeys(store: RunStore['runs'], graph: string, exceptRun: string): (path: string) => string | undefined {
  const keys = new Map<string, string>()
  let older: string[] | undefined
  return (path) => {
    older ??= earlierRuns(store, graph, exceptRun)
    while (!keys.has(path) && older.length > 0) {
      const ofRun = new Map<string, string>()
      for (const { node, key } of wholeNodes(store.execs(older.shift()!))) if (key !== undefined) ofRun.set(node, key)
      for (const [node, key] of ofRun) if (!keys.has(node)) keys.set(node, key)
    }
    return keys.get(path)
  }
}

/** The values that `from` and `only` take: of the named run, or of the newest run that has each. */
export function earlierValues(
  store: RunStore['runs'],
  graph: string,
  exceptRun: string,
  { from, only, fromRun }: RunOptions,
): RunState['earlier'] {
  const outputs = new Map<string, OutputRefs>()
  if (from === undefined && only === undefined) return { run: '', outputs }
  const runs = fromRun === undefined ? earlierRuns(store, graph, exceptRun) : [fromRun]
  for (const run of runs.toReversed()) {
    const given = store.outputs(run)
    for (const { node, status } of wholeNodes(store.execs(run))) if (status === 'done') outputs.set(node, given.get(node) ?? {})
  }
  return { run: runs[0] ?? '', outputs }
}

/** What became of each node of an interrupted run. Throws `not-allowed` for a run that is still going or was finished. */
export function resumedRun(store: RunStore['runs'], run: string): NonNullable<RunState['resumed']> {
  const { status } = store.get(run)
  if (status === 'running') throw new TributaryError('not-allowed', `The run ${run} is still going.`, { hint: 'Stop it first.' })
  if (status === 'done')
    throw new TributaryError('not-allowed', `The run ${run} came to its end; there is nothing to resume.`, { hint: 'Run the graph again.' })
  const execs = new Map<string, NodeExec>()
  const given = store.outputs(run)
  for (const exec of store.execs(run)) {
    const place = `${exec.node} ${exec.iteration}`
    if (execs.get(place)?.status === 'done') continue
    const outputs = exec.iteration < 0 ? (given.get(exec.node) ?? {}) : exec.outputs
    execs.set(place, outputs === undefined ? exec : { ...exec, outputs })
  }
  return { run, execs }
}

const earlierRuns = (store: RunStore['runs'], graph: string, exceptRun: string): string[] =>
  store.latest(graph, runsBack + 1).filter((run) => run !== exceptRun)

const wholeNodes = (execs: readonly NodeExec[]): NodeExec[] => execs.filter(({ iteration }) => iteration < 0)
