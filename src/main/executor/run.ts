import { hash } from 'node:crypto'
import { exitCodeOf, TributaryError, toErrorReport } from '../../shared/errors'
import { semanticText } from '../../shared/graph/canonical'
import { canonicalJson } from '../../shared/json'
import type { PlannedModel, RunStatus, RunTotals } from '../../shared/run/events'
import { runBody } from './body'
import { assertFits } from './enter'
import type { Held } from './held'
import type { CheckedInput } from './inputs'
import type { RunEnd } from './interfaces'
import { lookAhead } from './look-ahead'
import { hold, noOutputs, type Outputs, refsOf } from './outputs'
import type { Prepared } from './prepare'
import type { RunOutcome } from './run-request'
import type { RunState } from './run-state'
import type { Scope } from './scope'
import { emptyUsage } from './usage'

const interruptedExit = 130

/** The reason with which a person's Stop aborts everything; the run is stopped, not failed. */
export class StoppedByPerson extends Error {
  constructor() {
    super('stopped')
    this.name = 'AbortError'
  }
}

export interface RunStart {
  readonly run: RunState
  readonly prepared: Prepared
  readonly inputs: ReadonlyMap<string, CheckedInput>
  readonly startedAt: number
}

/** Runs from the first event to the one before the last. Never rejects: whatever happened is the end that it returns. */
export async function carryOut({ run, prepared, inputs, startedAt }: RunStart): Promise<RunEnd> {
  const scope: Scope = { run, stop: run.stop, prefix: '', place: '', itemPath: '', usage: emptyUsage(), runBody }
  const peak = run.parts.models.residency?.watchPeak?.()
  const byHand = (): readonly string[] => [...new Set([...Object.keys(run.options.pins ?? {}), ...run.guided])]
  const end = (status: RunStatus, exit: number, outputs: Outputs, thrown?: unknown): RunEnd => ({
    status,
    exit,
    endedAt: run.clock.now(),
    outputs: refsOf(outputs),
    totals: totalsOf(scope, startedAt, peak?.bytes() ?? 0),
    ...(byHand().length > 0 ? { pinned: byHand() } : {}),
    ...(thrown === undefined ? {} : { error: toErrorReport(thrown) }),
  })
  try {
    return end('done', 0, await runAll(scope, prepared, inputs))
  } catch (thrown) {
    const reason: unknown = run.stop.signal.aborted ? run.stop.signal.reason : thrown
    if (reason instanceof StoppedByPerson) return end('stopped', interruptedExit, noOutputs)
    const code = reason instanceof TributaryError ? reason.code : 'internal'
    return end('failed', exitCodeOf(code), noOutputs, reason)
  } finally {
    peak?.end()
  }
}

async function runAll(scope: Scope, prepared: Prepared, inputs: ReadonlyMap<string, CheckedInput>): Promise<Outputs> {
  const { run } = scope
  const { log, document, parts } = run
  const data = Object.fromEntries(Array.from(inputs, ([name, input]) => [name, input.data]))
  log.state({
    type: 'run.start',
    graph: document.id,
    graphHash: hash('sha256', semanticText(document), 'hex'),
    inputsHash: hash('sha256', canonicalJson(data), 'hex'),
    seed: run.seed,
    device: parts.device?.() ?? 'cpu',
    ...(run.resumed === undefined ? {} : { resumes: run.resumed.run }),
  })
  const held = new Map<string, Held>()
  for (const [name, input] of inputs) held.set(name, hold(run, document.interface.inputs[name]!.type, input.list, input.data, []))

  const ahead = await lookAhead(scope, prepared, held)
  log.state({ type: 'run.plan', nodes: ahead.nodes, models: namedModels(run) })
  const { residency } = parts.models
  if (residency) {
    const running = new Set(ahead.nodes.flatMap(({ node, action }) => (action === 'run' ? [node] : [])))
    for (const { node, spec } of prepared.steps)
      if (spec.resource === 'model' && running.has(node)) assertFits(residency, ahead.models.get(node) ?? [], node)
  }

  return runBody(scope, prepared, held, ahead.known)
}

/** The models that the graph names, as they are on this machine; one that is missing is told of when a node asks for it. */
function namedModels({ document, options, parts }: RunState): PlannedModel[] {
  return Object.entries(document.models).flatMap(([alias, wanted]) => {
    try {
      const { name, backend, id } = options.models?.[alias] ?? parts.models.resolve(wanted, alias)
      return [{ alias, name, backend, id }]
    } catch {
      return []
    }
  })
}

function totalsOf({ run, usage }: Scope, startedAt: number, peakBytes: number): RunTotals {
  const { loadMs, promptMs, decodeMs, tokens } = usage
  return {
    wallMs: Math.round(run.clock.now() - startedAt),
    loadMs,
    promptMs,
    decodeMs,
    tokens,
    peakBytes,
    ran: run.totals.ran,
    hits: run.totals.hits,
    ...(run.breaks.held() > 0 ? { held: run.breaks.held() } : {}),
    ...(run.guided.size > 0 ? { guided: [...run.guided] } : {}),
  }
}

export function outcomeOf({ status, exit, outputs, totals, error, pinned }: RunEnd): RunOutcome {
  return { status, exit, outputs, totals, ...(error === undefined ? {} : { error }), ...(pinned === undefined ? {} : { pinned }) }
}
