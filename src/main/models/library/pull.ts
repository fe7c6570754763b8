import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { PullProgress } from '../../../shared/api'
import { type ErrorCode, TributaryError, toErrorReport } from '../../../shared/errors'
import { type CatalogueModel, requireCatalogueModel } from './catalogue'
import { type DeliverySeams, fetchRaw, place } from './deliver'
import { asDiskError, type FreeBytes, requireSpace } from './files'
import { takeLock } from './lock'
import { Meter } from './meter'
import type { Shelf, ShelfModel } from './shelf'
import { spaceFor } from './space'

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

export interface PullerOptions extends DeliverySeams {
  readonly shelf: Shelf
  /** half-arrived files live here, on the disk of the models folder */
  readonly downloadsFolder: string
  /** every step of every pull, for windows */
  readonly onProgress?: ((progress: PullProgress) => void) | undefined
  readonly freeBytes?: FreeBytes | undefined
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
      const work = { seams: options, shelf: options.shelf, meter, signal, folder }
      return await place(model, await fetchRaw(model, source, work), work)
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
