import { z } from 'zod'
import type {
  FolderEntry,
  GraphCard,
  GraphVersion,
  LibraryEntry,
  OpenedGraph,
  ResourceCard,
  RunCard,
  RunPlan,
  Settings,
  SystemInfo,
  SystemRow,
  TemplateCard,
  TraceSlice,
} from './api-cards'
import type { Pushes, PushTopic } from './api-messages'
import type { Compatibility, LoadedModel, ModelCard, TemplateReport, WatchedFolder } from './api-models'
import type { BatchCard, BatchGridRow, DatasetCard, DatasetPage, MetricCard, OpenedBatch, WorkerCard } from './batch/api'
import { batchDefinition, batchLimits } from './batch/definition'
import type { Diff } from './graph/diff'
import { isDiff } from './graph/diff-schema'
import type { GraphDocument } from './graph/document'
import type { Issue } from './graph/issue'
import type { Json } from './json'
import { jsonValue } from './json-schema'
import type { NodeSpec } from './node-spec'
import { breakpoints, pins, type RunControl, runControl, tokenBreaks, wireBreaks } from './run/control'
import type { RunEvent } from './run/events'
import type { WireData } from './value'
import type { WeightsHistogram, WeightsReport } from './weights-report'
import type { WireKind } from './wire'

export type * from './api-cards'
export type * from './api-messages'
export type * from './api-models'

/**
 * The one contract between a window and the house. A method is a line here; its handler's absence is a compile error (`src/main/api`).
 * Params are parsed by their schema on the side of the house; results are typed. A person's failure arrives as an ErrorReport.
 */
interface Method<P extends z.ZodType, R> {
  readonly params: P
  readonly result?: R
}
const method =
  <R>() =>
  <P extends z.ZodType>(params: P): Method<P, R> => ({ params })

const none = z.object({})
const graphId = z.string().min(1).max(64)
const runId = z.string().min(1).max(64)
const inputs = z.record(z.string(), z.unknown())
const batchId = z.string().min(1).max(64)
const concurrency = z.number().int().min(1).max(batchLimits.concurrency)
const rowNumber = z.number().int().min(0)

export const runRequest = z.object({
  graph: graphId,
  inputs,
  /** run to these nodes only (and what they need); absent: all outputs */
  to: z.array(z.string()).optional(),
  /** run this node and what follows, on the stored values of `fromRun` (or of the last run) */
  from: z.string().optional(),
  fromRun: z.string().optional(),
  only: z.array(z.string()).optional(),
  seed: z.number().int().min(0).max(0xffffffff).optional(),
  cache: z.enum(['use', 'ignore']).default('use'),
  /** nodes that run again whatever the cache says */
  refresh: z.array(z.string()).optional(),
  pins: pins.optional(),
  breakpoints: breakpoints.optional(),
  wireBreaks: wireBreaks.optional(),
  tokenBreaks: tokenBreaks.optional(),
})
export type RunRequest = z.input<typeof runRequest>

export const variantsRequest = z.object({
  graph: graphId,
  inputs,
  /** the graph inside that the node stands in; absent: the graph itself */
  scope: z.string().optional(),
  node: z.string(),
  param: z.string(),
  values: z.array(jsonValue).min(2).max(6),
  seed: z.number().int().min(0).max(0xffffffff).optional(),
})
export type VariantsRequest = z.input<typeof variantsRequest>

export const methods = {
  'system.info': method<SystemInfo>()(none),
  'catalog.specs': method<readonly NodeSpec[]>()(none),
  'catalog.systems': method<readonly SystemRow[]>()(none),
  'templates.list': method<readonly TemplateCard[]>()(none),
  /** a template's graph, on toys or on real models */
  'templates.document': method<GraphDocument>()(z.object({ id: z.string().max(100), real: z.boolean() })),

  'graphs.list': method<readonly GraphCard[]>()(none),
  'graphs.open': method<OpenedGraph>()(z.object({ id: graphId })),
  'graphs.create': method<OpenedGraph>()(
    z.object({ name: z.string().max(500), template: z.string().optional(), real: z.boolean().optional() }),
  ),
  /** Journals one edit before answering. `revision` is the one it was made on; `graph-conflict` if another window was faster. */
  'graphs.apply': method<{ revision: number }>()(
    z.object({ id: graphId, revision: z.number().int(), diff: z.custom<Diff>(isDiff), label: z.string().max(200) }),
  ),
  'graphs.saveVersion': method<GraphVersion>()(z.object({ id: graphId, name: z.string().max(200) })),
  'graphs.versions': method<readonly GraphVersion[]>()(z.object({ id: graphId })),
  'graphs.version': method<GraphDocument>()(z.object({ id: graphId, version: z.number().int() })),
  'graphs.duplicate': method<OpenedGraph>()(z.object({ id: graphId })),
  'graphs.delete': method<null>()(z.object({ id: graphId })),
  'graphs.undelete': method<OpenedGraph>()(z.object({ id: graphId })),
  /** A graph file, or a MergeKit configuration (YAML): what it says and a graph cannot comes as issues. */
  /** A graph file, or a MergeKit configuration: that holds no name, and the graph is called like its file. */
  'graphs.import': method<OpenedGraph>()(z.object({ text: z.string(), file: z.string().max(1000).optional() })),
  /** The graph that made a merged model of the library, from the recipe in its file. */
  'graphs.openRecipe': method<OpenedGraph>()(z.object({ sha256: z.string().max(64) })),
  'graphs.exportMergekit': method<{ fileName: string; text: string; issues: readonly Issue[] }>()(z.object({ id: graphId })),
  'graphs.export': method<{ fileName: string; text: string }>()(z.object({ id: graphId })),
  /** The values typed into the graph's inputs: a draft that is not part of the document. */
  'graphs.inputs': method<Record<string, Json>>()(z.object({ id: graphId })),
  'graphs.setInputs': method<null>()(z.object({ id: graphId, inputs: z.record(z.string(), jsonValue) })),

  /** Where runs of this graph pause, and which outputs are pinned: a draft that is not part of the document. */
  'graphs.control': method<RunControl>()(z.object({ id: graphId })),
  'graphs.setControl': method<null>()(z.object({ id: graphId, control: runControl })),
  /** Subgraphs that were published, newest version each; a version itself is `graphs.version`. */
  'library.list': method<readonly LibraryEntry[]>()(none),
  /** A new entry, or a new version of `graph`. `text` is a graph file. */
  'library.publish': method<LibraryEntry>()(z.object({ text: z.string(), graph: graphId.optional(), name: z.string().min(1).max(200) })),

  'runs.plan': method<RunPlan>()(runRequest),
  'runs.start': method<{ run: string }>()(runRequest),
  /** One run after the other, each with the param set to one of the values; the first one's id comes back. */
  'runs.startVariants': method<{ run: string }>()(variantsRequest),
  /** Runs again what a run ran: its document (or the graph as it is now), its inputs, its seed. */
  'runs.rerun': method<{ run: string }>()(
    z.object({
      run: runId,
      document: z.enum(['then', 'now']),
      /** this node and what follows, on the values of that run */
      from: z.string().optional(),
      cache: z.enum(['use', 'ignore']).default('use'),
    }),
  ),
  'runs.card': method<RunCard>()(z.object({ run: runId })),
  'runs.stop': method<null>()(z.object({ run: runId })),
  /** Lets a run that pauses go on: everything that waits, or one step. */
  'runs.continue': method<null>()(z.object({ run: runId, step: z.boolean().default(false) })),
  /** Of a node (by its path) that is held before a token: what is written instead once it goes on; absent: what would be written anyway. */
  'runs.choose': method<null>()(z.object({ run: runId, node: z.string().max(1000), choice: z.string().max(1000).optional() })),
  'runs.resume': method<{ run: string }>()(z.object({ run: runId })),
  'runs.list': method<readonly RunCard[]>()(
    z.object({ graph: graphId.optional(), limit: z.number().int().min(1).max(1000).default(200), search: z.string().optional() }),
  ),
  'runs.events': method<readonly RunEvent[]>()(z.object({ run: runId, since: z.number().int().default(0) })),
  /** Pushes `run.events` to this window from `since` on, until the run ends or `runs.unwatch`. */
  'runs.watch': method<null>()(z.object({ run: runId, since: z.number().int().default(0) })),
  'runs.unwatch': method<null>()(z.object({ run: runId })),
  /** The document and inputs as they were. */
  'runs.snapshot': method<{ document: GraphDocument; inputs: Record<string, unknown> }>()(z.object({ run: runId })),
  'runs.mark': method<null>()(
    z.object({
      run: runId,
      star: z.boolean().optional(),
      tags: z.array(z.string().max(50)).max(20).optional(),
      note: z.string().max(4000).optional(),
      /** null takes it back */
      verdict: z.enum(['good', 'bad']).nullable().optional(),
    }),
  ),
  /** The run as one file (a zip, in base64) that opens anywhere, and such a file put into the history under a graph of its own. */
  'runs.export': method<{ fileName: string; base64: string }>()(z.object({ run: runId })),
  'runs.import': method<{ run: string; graph: string }>()(z.object({ base64: z.string().max(16_000_000) })),
  'runs.delete': method<null>()(z.object({ run: runId })),
  /** A value by its hash, whole (`node.output` events carry a preview only). */
  'values.get': method<{ kind: WireKind; list: boolean; data: unknown }>()(z.object({ sha: z.string() })),
  /** Of the token trace in a blob: its outline where asked for, and the lists of `count` tokens from `from` on. */
  'traces.get': method<TraceSlice>()(
    z.object({
      blob: z.string().min(1).max(128),
      outline: z.boolean().default(false),
      from: z.number().int().min(0).default(0),
      count: z.number().int().min(0).max(1000).default(0),
    }),
  ),

  /** What the weights expression in a stored value changes, tensor by tensor; nothing is written. Progress comes as `weights.progress`; null: it was stopped. */
  'weights.survey': method<WeightsReport | null>()(z.object({ sha: z.string() })),
  'weights.stopSurvey': method<null>()(z.object({ sha: z.string() })),
  'weights.histogram': method<WeightsHistogram>()(z.object({ sha: z.string(), tensor: z.string().max(200) })),

  'models.list': method<readonly ModelCard[]>()(none),
  'models.pull': method<null>()(z.object({ id: z.string() })),
  'models.cancelPull': method<null>()(z.object({ id: z.string() })),
  'models.remove': method<null>()(z.object({ sha256: z.string() })),
  /** these may be loaded: the person trusts where they come from */
  'models.accept': method<null>()(z.object({ sha256: z.array(z.string()).min(1) })),
  /** the chat template of a model and what is done with it; loads nothing */
  'models.template': method<TemplateReport>()(z.object({ sha256: z.string() })),
  /** lets a template that nobody here knows run, or no more; by its hash, for every model that has it */
  'models.acceptTemplate': method<null>()(z.object({ hash: z.string().regex(/^[0-9a-f]{32}$/), accept: z.boolean() })),
  'models.verify': method<{ ok: boolean; sha256: string }>()(z.object({ sha256: z.string() })),
  /** Electron only: opens the file dialog. In the browser files are uploaded to `POST /upload`. */
  'models.pick': method<ModelCard | null>()(none),
  /** What is in memory now. */
  'models.loaded': method<readonly LoadedModel[]>()(none),
  /** Frees a model as soon as no call uses it; gives what is left. */
  'models.unload': method<readonly LoadedModel[]>()(z.object({ id: z.string().max(200) })),
  /** folders that are watched for models */
  'models.folders': method<readonly WatchedFolder[]>()(none),
  /** Watches one more: chosen in a dialog of the window, or, in a browser, a folder that the house was started with. Null: the person chose none. */
  'models.watchFolder': method<readonly WatchedFolder[] | null>()(z.object({ root: z.string().max(4096).optional() })),
  'models.unwatchFolder': method<readonly WatchedFolder[]>()(z.object({ path: z.string().max(4096) })),
  'models.matrix': method<readonly Compatibility[]>()(none),

  'resources.list': method<readonly ResourceCard[]>()(none),
  /** Electron: the folder or file dialog. `serve --root`: a path below one of the roots. */
  'resources.pick': method<ResourceCard | null>()(z.object({ accepts: z.array(z.enum(['folder', 'file', 'dataset'])) })),
  'resources.browse': method<readonly FolderEntry[]>()(z.object({ root: z.string(), path: z.string() })),
  'resources.addBelowRoot': method<ResourceCard>()(z.object({ root: z.string(), path: z.string() })),
  'resources.addText': method<ResourceCard>()(z.object({ name: z.string().max(200), text: z.string().max(8_000_000) })),
  /** Files that were just taken in become one folder, which a node reads as a whole. */
  'resources.gather': method<ResourceCard>()(z.object({ name: z.string().max(200), ids: z.array(z.string()).min(1).max(500) })),
  'resources.remove': method<null>()(z.object({ id: z.string() })),

  'datasets.list': method<readonly DatasetCard[]>()(none),
  'datasets.rows': method<DatasetPage>()(
    z.object({ source: z.string(), from: rowNumber.default(0), count: z.number().int().min(0).max(500).default(100) }),
  ),
  /** Keeps the inputs and outputs of past runs as a dataset of its own: those named, else the starred ones, else the last ones that ended well. */
  'datasets.fromRuns': method<{ source: string; rows: number }>()(
    z.object({ graph: graphId, runs: z.array(runId).max(10_000).optional(), starred: z.boolean().optional() }),
  ),
  /** Adds a run as a test case: its inputs, and its outputs as what is expected. Without `source`, to the test cases of its graph. */
  'datasets.addCase': method<{ source: string; name: string; rows: number }>()(z.object({ run: runId, source: z.string().optional() })),

  'batches.metrics': method<readonly MetricCard[]>()(none),
  'batches.list': method<readonly BatchCard[]>()(z.object({ graph: graphId.optional() })),
  'batches.get': method<OpenedBatch>()(z.object({ batch: batchId })),
  /** Checks, stores and begins a batch on a stored graph as it is now. */
  'batches.start': method<{ batch: string }>()(
    z.object({
      graph: graphId,
      source: z.string(),
      definition: batchDefinition,
      limit: z.number().int().min(1).optional(),
      concurrency: concurrency.optional(),
    }),
  ),
  /** Goes on: after a pause, or with what is missing after a stop or a restart. */
  'batches.resume': method<null>()(z.object({ batch: batchId, concurrency: concurrency.optional() })),
  'batches.pause': method<null>()(z.object({ batch: batchId })),
  'batches.stop': method<null>()(z.object({ batch: batchId })),
  'batches.setConcurrency': method<null>()(z.object({ batch: batchId, concurrency })),
  /** Failed items again: all, or those of one row and variant. */
  'batches.retry': method<{ items: number }>()(z.object({ batch: batchId, row: rowNumber.optional(), variant: rowNumber.optional() })),
  'batches.delete': method<null>()(z.object({ batch: batchId })),
  /** numbers of the rows that a filter shows */
  'batches.find': method<readonly number[]>()(
    z.object({
      batch: batchId,
      show: z.enum(['all', 'failed', 'missing', 'wrong', 'different', 'better', 'worse']),
      metric: z.string().optional(),
      variant: rowNumber.optional(),
    }),
  ),
  'batches.rows': method<readonly BatchGridRow[]>()(z.object({ batch: batchId, rows: z.array(rowNumber).max(500) })),
  /** Who works on it, who did, and who waits to: the processes of this data folder, with the lost ones. */
  'batches.workers': method<readonly WorkerCard[]>()(z.object({ batch: batchId })),
  /** Everything as a CSV file. */
  'batches.export': method<string>()(z.object({ batch: batchId })),
  /** Pushes `batch.news` to this window until `batches.unwatch`. */
  'batches.watch': method<null>()(z.object({ batch: batchId })),
  'batches.unwatch': method<null>()(z.object({ batch: batchId })),

  'settings.get': method<Settings>()(none),
  'settings.set': method<Settings>()(z.object({ changes: z.record(z.string(), jsonValue) })),
} as const

export type MethodName = keyof typeof methods
export type ParamsOf<N extends MethodName> = z.input<(typeof methods)[N]['params']>
export type ParsedParamsOf<N extends MethodName> = z.output<(typeof methods)[N]['params']>
export type ResultOf<N extends MethodName> =
  | NonNullable<(typeof methods)[N]['result']>
  | (null extends (typeof methods)[N]['result'] ? null : never)
/** Where a call came from: pushes go back to it. */
export interface CallContext {
  readonly client: string
  push<T extends PushTopic>(topic: T, payload: Pushes[T]): void
}
export type Handlers = {
  readonly [N in MethodName]: (params: ParsedParamsOf<N>, context: CallContext) => Promise<ResultOf<N>> | ResultOf<N>
}

/** For code that is generic over wires. */
export type DataOf<K extends WireKind> = WireData[K]
