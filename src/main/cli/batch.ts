import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Assertion, judge, parseAssertion } from '../../shared/batch/assertion'
import { type BatchOutcome, itemOf } from '../../shared/batch/cells'
import { type BatchDefinition, batchDefinition, batchLimits } from '../../shared/batch/definition'
import type { BatchEvent, BatchEventBody } from '../../shared/batch/events'
import { parseMetric } from '../../shared/batch/metric-expression'
import { inOrder } from '../../shared/batch/ordered'
import { TributaryError } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../../shared/json'
import type { Dataset } from '../../shared/value'
import type { App } from '../app'
import type { BatchHandle, OpenQueue } from '../batch'
import { reportOf, tellJudged } from './batch-report'
import { compareSnapshot, type RowSnapshot, writeSnapshot } from './batch-snapshot'
import { graphFromArgument } from './graph-argument'
import { type GlobalOptions, withApp } from './options'
import { describeError, formatMs, printData, printJson, printNote } from './output'
import { applyOverrides } from './overrides'

export interface BatchOptions {
  readonly data: string
  readonly map: readonly string[]
  readonly metric: readonly string[]
  readonly variants?: string
  readonly set: readonly string[]
  readonly model: readonly string[]
  readonly limit?: number
  readonly concurrency?: number
  readonly workers?: string
  readonly seed?: number
  readonly keepGoing?: boolean
  /** true, or the id of a batch */
  readonly resume?: string | boolean
  readonly assert: readonly string[]
  readonly snapshot?: string
  readonly compare?: string
  readonly events?: boolean
  readonly quiet?: boolean
  readonly real?: boolean
}

const failedRow = 1
const failedCheck = 8
const failedRowsKept = 11

/** Runs a graph over the rows of a dataset. Everything that can be wrong is said before the first row runs. */
export async function batch(argument: string, options: BatchOptions, globals: GlobalOptions): Promise<number> {
  const assertions = options.assert.map(parseAssertion)
  if ((options.concurrency ?? 1) > batchLimits.concurrency)
    throw new TributaryError(
      'usage',
      `--concurrency ${options.concurrency}: at most ${batchLimits.concurrency} items can be at work at once.`,
    )
  return withApp(globals, async (app) => {
    const loaded = await graphFromArgument(argument, app, options)
    const document = await applyOverrides(loaded.document, options, app)
    const dataset = await readData(options, app)
    const definition = await definitionOf(options, document)
    const id =
      (await resumable(options, document, dataset, definition, app)) ?? (await app.house.batches.create({ document, dataset, definition }))
    const handle = await app.house.batches.start(id, {
      ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
      ...(options.workers === undefined ? {} : { queue: await workersAt(options.workers, app), reconcileMs: 10_000 }),
    })
    return follow({ handle, document, definition, rows: dataset.rows.length, assertions, options, globals, app })
  })
}

async function workersAt(address: string, app: App): Promise<OpenQueue> {
  const { openBullmq } = await import('../batch/bullmq')
  return openBullmq({ address, key: app.queueKey() })
}

async function readData(options: BatchOptions, app: App): Promise<Dataset> {
  const dataset = /^(?:sample|data):/.test(options.data)
    ? await app.house.resources.dataset(options.data, new AbortController().signal)
    : ((await app.readInput(resolve(options.data), 'dataset')) as Dataset)
  return options.limit === undefined ? dataset : { ...dataset, rows: dataset.rows.slice(0, options.limit) }
}

async function definitionOf(options: BatchOptions, document: GraphDocument): Promise<BatchDefinition> {
  const map = Object.fromEntries(
    options.map.map((text) => {
      const equals = text.indexOf('=')
      if (equals < 1 || equals === text.length - 1)
        throw new TributaryError('usage', `--map ${text}: expected input=.field.`, {
          hint: `The graph’s inputs: ${Object.keys(document.interface.inputs).join(', ') || 'none'}.`,
        })
      return [text.slice(0, equals), text.slice(equals + 1)]
    }),
  )
  const variants = options.variants === undefined ? [{ name: 'graph' }] : await readVariants(options.variants)
  const parsed = batchDefinition.safeParse({
    map,
    variants,
    metrics: options.metric.map(parseMetric),
    seed: options.seed ?? 0,
    keepGoing: options.keepGoing === true,
  })
  if (parsed.success) return parsed.data
  const first = parsed.error.issues[0]
  throw new TributaryError('usage', `The batch is not understood: ${first?.path.join('.') || 'it'}: ${first?.message ?? 'wrong'}.`)
}

/** `{"A": {}, "B": {"node.param": value, "model:alias": "catalogue id"}}`: a variant a member, in this order. */
async function readVariants(path: string): Promise<unknown[]> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new TributaryError('file-unreadable', `--variants: ${path} cannot be read.`, { place: { file: path }, cause })
  })
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch (cause) {
    throw new TributaryError('usage', `--variants: ${path} is not JSON: ${(cause as Error).message}.`, { place: { file: path }, cause })
  }
  if (!isJsonObject(value) || Object.values(value).some((one) => !isJsonObject(one)))
    throw new TributaryError('usage', `--variants: ${path} is not an object of variants.`, {
      hint: 'Write {"A": {}, "B": {"node.param": value}}.',
      place: { file: path },
    })
  return Object.entries(value).map(([name, changes]) => {
    const entries = Object.entries(changes as JsonObject)
    const isModel = ([place]: [string, Json]) => place.startsWith('model:')
    return {
      name,
      set: Object.fromEntries(entries.filter((entry) => !isModel(entry))),
      models: Object.fromEntries(
        entries.filter(isModel).map(([place, model]) => [place.slice(6), typeof model === 'string' ? namedModel(model) : model]),
      ),
    }
  })
}

const namedModel = (name: string): JsonObject => (/^[0-9a-f]{64}$/.test(name) ? { sha256: name } : { catalog: name })

/** With `--resume ID` that batch; with `--resume` the last unfinished one of the same graph, rows and settings, if there is one. */
async function resumable(
  { resume }: BatchOptions,
  document: GraphDocument,
  dataset: Dataset,
  definition: BatchDefinition,
  app: App,
): Promise<string | undefined> {
  if (resume === undefined || resume === false) return undefined
  const { store } = app.house
  if (typeof resume === 'string') return store.batches.get(resume).id
  const [snapshot, rows] = [store.versions.snapshot(document), store.datasets.keep(dataset)]
  const { keepGoing: _, ...asked } = definition
  return store.batches.list({ graph: document.id }).find((row) => {
    const { keepGoing: __, ...before } = row.definition
    return row.snapshot === snapshot && row.dataset === rows && row.status !== 'done' && canonicalJson(before) === canonicalJson(asked)
  })?.id
}

interface Following {
  readonly handle: BatchHandle
  readonly document: GraphDocument
  readonly definition: BatchDefinition
  readonly rows: number
  readonly assertions: readonly Assertion[]
  readonly options: BatchOptions
  readonly globals: GlobalOptions
  readonly app: App
}

async function follow(given: Following): Promise<number> {
  const { handle, document, definition, rows, assertions, options, globals, app } = given
  const names = definition.variants.map(({ name }) => name)
  const isQuiet = options.quiet === true || globals.json === true || options.events === true
  const tell = teller(handle.id, options.events === true)
  const before = new Set(app.house.store.batches.outcomes(handle.id).map(({ row, variant }) => itemOf(row, variant, names.length)))
  const began = handle.progress()
  tell({ type: 'batch.start', graph: document.id, rows, variants: names, items: began.items, done: before.size, seed: definition.seed })
  const report = inOrder<BatchOutcome>(
    ({ row, variant, status, run, metrics, wallMs, tokens, error }) => {
      const more = { ...(run === undefined ? {} : { run }), ...(error === undefined ? {} : { error }) }
      tell({ type: 'item.end', row, variant: names[variant] ?? '', status, metrics, wallMs, tokens, ...more })
      if (error && !isQuiet) printNote(`✗ row ${row + 1}${names.length > 1 ? `, ${names[variant]}` : ''}: ${describeError(error)}`)
    },
    (item) => before.has(item),
  )
  const progress = progressLine(handle, isQuiet)
  const leave = handle.subscribe({
    onStarted: (row, variant) => tell({ type: 'item.start', row, variant: names[variant] ?? '' }),
    onOutcome: (outcome) => {
      report(itemOf(outcome.row, outcome.variant, names.length), outcome)
      progress.show()
    },
  })
  let interrupted: number | undefined
  const stopWith = (code: number) => () => {
    interrupted ??= code
    void handle.stop()
  }
  const [onInterrupt, onTerminate] = [stopWith(130), stopWith(143)]
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate)
  try {
    const end = await handle.done
    progress.end()
    const judged = end.status === 'done' ? assertions.map((assertion) => judge(assertion, names, end.summary)) : []
    const differences = end.status === 'done' ? await snapshots(options, given) : []
    const isWrong = judged.some(({ ok }) => !ok) || differences.length > 0
    const exit =
      interrupted ??
      (end.status === 'failed'
        ? failedRow
        : isWrong
          ? failedCheck
          : end.progress.failed > 0
            ? definition.keepGoing
              ? failedRowsKept
              : failedRow
            : 0)
    if (options.events) {
      for (const { name, variants } of end.summary)
        for (const [i, figures] of variants.entries()) tell({ type: 'metric', name, variant: names[i] ?? '', ...figures })
      for (const one of judged) tell({ type: 'assert', ...one })
      tell({ type: 'batch.end', status: end.status, exit, progress: end.progress })
    } else if (globals.json) {
      printJson({
        batch: handle.id,
        status: end.status,
        exit,
        progress: end.progress,
        variants: names,
        metrics: end.summary,
        assertions: judged,
        ...(options.compare === undefined ? {} : { differences }),
        rows: [...rowsOf(given)],
      })
    } else {
      printData(reportOf(names, end.summary) || `${end.progress.done} of ${end.progress.items} items done.`)
      for (const one of judged) printData(tellJudged(one))
      for (const one of differences.slice(0, 20))
        printData(
          `✗ row ${one.row + 1} ${one.variant} ${one.output}: ${JSON.stringify(one.actual)} instead of ${JSON.stringify(one.expected)}`,
        )
      if (differences.length > 20) printData(`… and ${differences.length - 20} more differences`)
      if (!isQuiet && (end.status !== 'done' || end.progress.failed > 0))
        printNote(
          `${end.status}: ${end.progress.done} done, ${end.progress.failed} failed, of ${end.progress.items}. Go on with --resume ${handle.id}.`,
        )
    }
    return exit
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate)
    leave()
  }
}

async function snapshots(options: BatchOptions, given: Following) {
  if (options.snapshot !== undefined) await writeSnapshot(options.snapshot, rowsOf(given))
  return options.compare === undefined ? [] : compareSnapshot(options.compare, rowsOf(given))
}

/** Each row with the whole outputs of all its variants. */
function* rowsOf({ handle, definition, rows, app }: Following): Iterable<RowSnapshot> {
  const { batches, datasets, values } = app.house.store
  const { dataset } = batches.get(handle.id)
  for (let row = 0; row < rows; row++) {
    const cells = definition.variants.map(({ name }, variant) => {
      const outcome = batches.outcome(handle.id, itemOf(row, variant, definition.variants.length))
      if (!outcome) return [name, {}] as const
      if (outcome.status === 'failed') return [name, { error: outcome.error?.message ?? 'failed' }] as const
      return [
        name,
        { outputs: Object.fromEntries(Object.entries(outcome.outputs).map(([output, { sha }]) => [output, values.get(sha).data as Json])) },
      ] as const
    })
    yield { row, fields: datasets.row(dataset, row), variants: Object.fromEntries(cells) }
  }
}

function teller(id: string, isOn: boolean): (body: BatchEventBody) => void {
  const start = performance.now()
  let seq = 0
  return (body) => {
    if (!isOn) return
    const event: BatchEvent = { e: 1, seq: seq++, t: Math.round(performance.now() - start), batch: id, ...body }
    printData(JSON.stringify(event))
  }
}

/** One line that is rewritten, on terminals only. */
function progressLine(handle: BatchHandle, isQuiet: boolean): { show(): void; end(): void } {
  if (isQuiet || process.stderr.isTTY !== true) return { show: () => undefined, end: () => undefined }
  const write = (text: string) => process.stderr.write(`\r\x1b[2K${text}`)
  return {
    show: () => {
      const { done, failed, items, secondsLeft } = handle.progress()
      write(
        `  ${done + failed} of ${items}${failed > 0 ? `, ${failed} failed` : ''}${secondsLeft === undefined ? '' : `, about ${formatMs(secondsLeft * 1000)} left`} …`,
      )
    },
    end: () => write(''),
  }
}
