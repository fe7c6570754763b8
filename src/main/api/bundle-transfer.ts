import { TributaryError } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import { isJsonObject, type Json } from '../../shared/json'
import type { RunEvent } from '../../shared/run/events'
import type { NodeExec, OutputRefs, RunEnd, StoredValue } from '../store'
import { fileNameOf } from './graphs'
import type { House } from './house'
import { type BundledValue, describeRun, packBundle, type RunBundle, unpackBundle } from './run-bundle'

/** A run with all that it needs to be looked at elsewhere. Values that are no longer stored, or too large, are left out and named in it. */
export function exportRun(house: House, run: string, environment: RunBundle['environment']): { fileName: string; bytes: Uint8Array } {
  const { store } = house
  const row = store.runs.get(run)
  if (row.status === 'running')
    throw new TributaryError('not-allowed', 'This run is still going.', { hint: 'Export it when it has ended.' })
  const events = store.runs.events(run)
  const values = [...new Set(events.flatMap((event) => (event.type === 'node.output' ? [event.sha] : [])))].flatMap((sha) =>
    storedValue(house, sha),
  )
  const mentions = new Set(values.flatMap((value) => value.mentions))
  const bytes = packBundle({
    document: store.runs.document(run),
    inputs: isJsonObject(row.inputs) ? (row.inputs as Record<string, Json>) : {},
    events,
    values,
    blobs: new Map([...mentions].flatMap((sha) => blobOf(house, sha))),
    environment,
    run: describeRun({
      id: row.id,
      seed: row.seed,
      startedAt: row.startedAt,
      options: row.options,
      star: row.star,
      tags: [...row.tags],
      note: row.note,
      ...(row.verdict === undefined ? {} : { verdict: row.verdict }),
    }),
  })
  return { fileName: `${fileNameOf(row.graphName)}-${row.id}.trib-run.zip`, bytes }
}

function storedValue({ store }: House, sha: string): BundledValue[] {
  if (!store.values.has(sha)) return []
  const { kind, list, data, mentions }: StoredValue = store.values.get(sha)
  return [{ sha, kind, list, data: data as Json, mentions }]
}

const blobOf = ({ store }: House, sha: string): [string, Uint8Array][] => (store.blobs.has(sha) ? [[sha, store.blobs.get(sha)]] : [])

/** Puts a bundle into the history, under a graph of its own. Nothing that is there is touched. */
export function importRun(
  house: House,
  bytes: Uint8Array,
  adopt: (document: GraphDocument, name: string) => GraphDocument,
): { run: string; graph: string } {
  const { store } = house
  const bundle = unpackBundle(bytes, house.specs)
  const end = bundle.events.at(-1)
  if (end?.type !== 'run.end')
    throw new TributaryError('file-format', 'This run bundle has no end: it was exported while the run was going.')

  const document = adopt(bundle.document, `${bundle.document.name || 'Untitled'} (from a bundle)`)
  const run = house.newId('r').replace('r_', 'r_b')
  for (const blob of bundle.blobs.values()) store.blobs.put(blob)
  store.write(() => {
    store.runs.begin({
      id: run,
      document,
      inputs: bundle.inputs,
      options: bundle.run.options,
      seed: bundle.run.seed,
      startedAt: bundle.run.startedAt,
    })
    store.runs.commit(run, {
      events: bundle.events.map((event): RunEvent => ({ ...event, run })),
      execs: execsOf(bundle.events),
      values: bundle.values.map(({ data, ...value }) => ({ ...value, json: JSON.stringify(data) })),
      results: [],
      touched: [],
      end: endOf(end, bundle),
    })
    const { star, tags, note, verdict } = bundle.run
    store.runs.mark(run, { star, tags, note, ...(verdict === undefined ? {} : { verdict }) })
  })
  house.broadcast('run.listChanged', { graph: document.id })
  return { run, graph: document.id }
}

/** What finished can be started from: the nodes that gave their values. */
function execsOf(events: readonly RunEvent[]): NodeExec[] {
  const done = new Set(events.flatMap((event) => (event.type === 'node.end' || event.type === 'node.cached' ? [event.node] : [])))
  return [...done].map((node) => ({ node, iteration: -1, attempt: 1, status: 'done' }))
}

function endOf(end: Extract<RunEvent, { type: 'run.end' }>, { events, run }: RunBundle): RunEnd {
  const given = new Map(events.flatMap((event) => (event.type === 'node.output' ? [[event.sha, event] as const] : [])))
  const outputs: OutputRefs = Object.fromEntries(
    Object.entries(end.outputs).map(([name, { kind, list, sha }]) => {
      const event = given.get(sha)
      return [name, { kind, list, sha, sizeBytes: event?.sizeBytes ?? 0, preview: event?.preview ?? null }]
    }),
  )
  const { status, exit, totals, error } = end
  return { status, exit, totals, outputs, endedAt: Math.round(run.startedAt + end.t), ...(error === undefined ? {} : { error }) }
}
