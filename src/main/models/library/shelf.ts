import { rm } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { type ErrorReport, TributaryError, toErrorReport } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import type { ModelRef } from '../../../shared/value'
import { isCheckpoint } from '../../weights/checkpoint/open'
import { openSource } from '../../weights/engine/source'
import { readGgufHeader } from '../../weights/gguf/read-header'
import { provenanceOf } from '../../weights/provenance'
import type { Catalogue } from './catalogue'
import { factsOf, factsVersion, type ModelFacts, modelFacts } from './facts'
import { sha256OfModel } from './files'
import { convertedPath, runnableCopy } from './runnable'
import { type FileStamp, findModelFiles, sameStamp, sizeNow, stampOf } from './scan'
import type { ShelfRow, ShelfTable } from './shelf-table'

/**
 * The shelf: every model file that we know, by the SHA-256 of its bytes. A file may be renamed or moved inside our folders and is found again; a file
 * that changed is another model. Nothing is believed of a file whose size or time differ from when it was hashed.
 */
export interface Shelf {
  /** everything known, after a look at the folders; files of our folders come and go by themselves */
  list(): Promise<readonly ShelfModel[]>
  /** files in our folders that are no sound models, with the reason */
  refused(): readonly RefusedFile[]
  /** the model of this hash with a file that is there, or undefined */
  find(sha256: string): Promise<ShelfModel | undefined>
  /** whether the file of this hash lies where we know it; a file that was moved meanwhile counts as gone until the next look */
  isPresent(sha256: string): boolean
  /** Takes a checked file onto the shelf where it lies. Throws `file-format` or `model-corrupt` when it is no model. */
  register(file: NewFile): Promise<ShelfModel>
  /** Reads the whole file again. `ok: false` takes the model off the list of those that may be used; `sha256` is what the file has now. */
  verify(sha256: string, signal?: AbortSignal): Promise<{ ok: boolean; sha256: string }>
  /** Deletes our own file, forgets a file of the person. Shipped models stay: `not-allowed`. */
  remove(sha256: string): Promise<void>
  markUsed(sha256: string): void
  /** The file that llama.cpp can load: the model's own, or, of a checkpoint, an F16 copy that is made when it is first asked for. Throws `disk-full`. */
  runnable(model: ShelfModel, signal?: AbortSignal): Promise<string>
  /** a free path in our models folder for a file of this name */
  pathFor(fileName: string): Promise<string>
  readonly catalogue: Catalogue
  readonly modelsFolder: string
}

export type Origin = 'shipped' | 'pulled' | 'imported' | 'written'

export interface ShelfModel {
  readonly sha256: string
  readonly path: string
  readonly name: string
  readonly origin: Origin
  readonly catalog?: string
  readonly sizeBytes: number
  readonly facts: ModelFacts
  readonly recipe?: Json
  readonly state: 'present' | 'missing'
  readonly ref: ModelRef
}

export interface NewFile {
  readonly path: string
  readonly origin: Origin
  readonly name?: string | undefined
  readonly recipe?: Json | undefined
  /** SHA-256 by path, of files that were hashed while they were written */
  readonly hashes?: ReadonlyMap<string, string> | undefined
  readonly signal?: AbortSignal | undefined
}

export interface RefusedFile {
  readonly path: string
  readonly error: ErrorReport
}

export interface ShelfOptions {
  readonly modelsFolder: string
  /** resources/: the models that ship with the application lie below it */
  readonly shippedFolder: string
  readonly table: ShelfTable
  readonly catalogue: Catalogue
  readonly now?: () => number
}

export function createShelf(options: ShelfOptions): Shelf {
  const { table, catalogue, modelsFolder } = options
  const books = new Books(options)
  return {
    catalogue,
    modelsFolder,
    list: async () => {
      await books.refresh()
      return Promise.all(table.list().map(async (row) => asModel(row, await books.isThere(row))))
    },
    refused: () => [...books.refused.values()],
    find: async (sha256) => {
      const found = async () => {
        const row = table.get(sha256)
        return row && (await books.isThere(row)) ? asModel(row, true) : undefined
      }
      // The first look may be one that began before the file was put there: then only the next one knows.
      for (let looks = 0; looks < 2; looks++) {
        const model = await found()
        if (model) return model
        await books.refresh()
      }
      return found()
    },
    isPresent: (sha256) => {
      const row = table.get(sha256)
      return row !== undefined && sizeNow(row.path) === row.sizeBytes
    },
    register: async (file) => {
      const stamp = await stampOf(file.path)
      if (!stamp) throw new TributaryError('file-unreadable', `There is no file ${basename(file.path)}.`, { place: { file: file.path } })
      return asModel(await books.take(stamp, file), true)
    },
    verify: async (sha256, signal) => {
      const row = requireRow(table, sha256)
      const stamp = await stampOf(row.path)
      if (!stamp) throw new TributaryError('model-missing', `The file of ${row.name} is gone: ${row.path}.`, { place: { file: row.path } })
      const actual = await sha256OfModel(row.path, { ...(signal ? { signal } : {}) })
      // a row with time 0 holds for no file: the next look at the folders reads this one anew
      table.put({ ...row, sizeBytes: stamp.sizeBytes, modifiedMs: actual === sha256 ? stamp.modifiedMs : 0 })
      return { ok: actual === sha256, sha256: actual }
    },
    remove: async (sha256) => {
      const row = requireRow(table, sha256)
      if (row.origin === 'shipped')
        throw new TributaryError('not-allowed', `${row.name} ships with the application and stays.`, {
          hint: 'Only models that you added can be removed.',
        })
      if (isInside(modelsFolder, row.path)) await removeOwn(modelsFolder, row.path)
      await rm(convertedPath(modelsFolder, sha256), { force: true })
      table.remove(sha256)
    },
    markUsed: (sha256) => table.markUsed(sha256, (options.now ?? Date.now)()),
    runnable: (model, signal) => (isCheckpoint(model.path) ? runnableCopy(modelsFolder, model, signal) : Promise.resolve(model.path)),
    pathFor: (fileName) => freePath(modelsFolder, fileName),
  }
}

/** Keeps the table in step with the folders. One look at a time: whoever asks meanwhile waits for the same one. */
class Books {
  readonly refused = new Map<string, RefusedFile>()
  private readonly hashed = new Map<string, FileStamp & { readonly sha256: string }>()
  private looking: Promise<void> | undefined

  constructor(private readonly options: ShelfOptions) {}

  refresh(): Promise<void> {
    this.looking ??= this.look().finally(() => {
      this.looking = undefined
    })
    return this.looking
  }

  async isThere(row: ShelfRow): Promise<boolean> {
    const stamp = await stampOf(row.path)
    return stamp !== undefined && sameStamp(row, stamp)
  }

  private async look(): Promise<void> {
    const { modelsFolder, shippedFolder } = this.options
    const shipped = await findModelFiles(shippedFolder)
    const ours = await findModelFiles(modelsFolder)
    for (const stamp of shipped) await this.takeQuietly(stamp, 'shipped')
    for (const stamp of ours) await this.takeQuietly(stamp, 'imported')
    await this.seekMissing()
    for (const path of this.refused.keys()) if (!(await stampOf(path))) this.refused.delete(path)
  }

  /** A file of the person that is not where it was may have been renamed: files of its size in the same folder are read. */
  private async seekMissing(): Promise<void> {
    const { table, modelsFolder, shippedFolder } = this.options
    for (const row of table.list()) {
      if (await this.isThere(row)) continue
      const folder = dirname(row.path)
      if (isInside(modelsFolder, row.path) || isInside(shippedFolder, row.path)) {
        if (row.origin === 'shipped') table.remove(row.sha256)
        continue
      }
      const samePlace = await stampOf(row.path)
      if (samePlace && row.modifiedMs !== 0) await this.takeQuietly(samePlace, 'imported')
      for (const stamp of await findModelFiles(folder, 1))
        if (stamp.sizeBytes === row.sizeBytes && !table.byPath(stamp.path)) await this.takeQuietly(stamp, 'imported')
    }
  }

  private async takeQuietly(stamp: FileStamp, origin: Origin): Promise<void> {
    try {
      await this.take(stamp, { path: stamp.path, origin })
      this.refused.delete(stamp.path)
    } catch (error) {
      this.refused.set(stamp.path, { path: stamp.path, error: toErrorReport(error, { file: stamp.path }) })
    }
  }

  /** Duplicates have no row of their own; without this memory each look would read them again. */
  private async hashOf(stamp: FileStamp, { signal, hashes }: Pick<NewFile, 'signal' | 'hashes'>): Promise<string> {
    const known = this.hashed.get(stamp.path)
    if (known && sameStamp(known, stamp)) return known.sha256
    const sha256 = await sha256OfModel(stamp.path, { signal, hashes })
    this.hashed.set(stamp.path, { ...stamp, sha256 })
    return sha256
  }

  /** Hash and facts of a file, from the table where they still hold, else from the file itself. */
  async take(stamp: FileStamp, file: NewFile): Promise<ShelfRow> {
    const { table, catalogue } = this.options
    const known = table.byPath(stamp.path)
    if (known && sameStamp(known, stamp) && modelFacts.safeParse(known.facts).data?.v === factsVersion && file.recipe === undefined)
      return known
    const facts = factsOf(isCheckpoint(stamp.path) ? await openSource(stamp.path) : await readGgufHeader(stamp.path))
    const sha256 = await this.hashOf(stamp, file)
    const before = table.get(sha256)
    if (before && before.path !== stamp.path && file.origin !== 'shipped' && (await this.isThere(before)) && file.recipe === undefined)
      return before // a duplicate: the first place stands
    const listed = catalogue.bySha256(sha256)
    const recipe = (await madeHere(stamp.path)) ?? file.recipe ?? before?.recipe
    const row: ShelfRow = {
      sha256,
      ...stamp,
      name: file.name ?? before?.name ?? listed?.name ?? plainName(stamp.path),
      ...(listed ? { catalog: listed.id } : {}),
      origin: originOf(file.origin, before?.origin, listed !== undefined && isInside(this.options.modelsFolder, stamp.path)),
      facts: facts as unknown as Json,
      ...(recipe === undefined ? {} : { recipe }),
      addedAt: before?.addedAt ?? (this.options.now ?? Date.now)(),
    }
    table.put(row)
    return row
  }
}

/** What the library keeps of a merged file: enough to say that it was merged and from what. The whole recipe stays in the file. */
async function madeHere(path: string): Promise<Json | undefined> {
  const from = await provenanceOf(path)
  return from && { inputs: from.inputs.map(({ name, sha256 }) => ({ name, sha256 })), seed: from.seed, version: from.version }
}

/** A file that is merely found keeps what is known of it; one of the catalogue in our own folder was surely pulled. */
function originOf(given: Origin, before: string | undefined, isPulled: boolean): Origin {
  if (given !== 'imported') return given
  if (before !== undefined && before !== 'shipped') return before as Origin
  return isPulled ? 'pulled' : 'imported'
}

function asModel(row: ShelfRow, isPresent: boolean): ShelfModel {
  const facts = modelFacts.parse(row.facts)
  return {
    sha256: row.sha256,
    path: row.path,
    name: row.name,
    origin: row.origin as Origin,
    ...(row.catalog === undefined ? {} : { catalog: row.catalog }),
    sizeBytes: row.sizeBytes,
    facts,
    ...(row.recipe === undefined ? {} : { recipe: row.recipe }),
    state: isPresent ? 'present' : 'missing',
    ref: {
      backend: 'llama-cpp',
      id: row.sha256,
      name: row.name,
      architecture: facts.architecture,
      ...(facts.vocabulary === undefined ? {} : { vocabulary: facts.vocabulary }),
      sizeBytes: row.sizeBytes,
    },
  }
}

/** A checkpoint that we wrote is a folder of its own. */
async function removeOwn(modelsFolder: string, path: string): Promise<void> {
  const folder = dirname(path)
  if (isCheckpoint(path) && isInside(modelsFolder, folder)) await rm(folder, { recursive: true, force: true })
  else await rm(path, { force: true })
}

function requireRow(table: ShelfTable, sha256: string): ShelfRow {
  const row = table.get(sha256)
  if (!row) throw new TributaryError('not-found', `No model on the shelf has the hash ${sha256.slice(0, 12)}….`)
  return row
}

const plainName = (path: string): string => (isCheckpoint(path) ? basename(dirname(path)) : basename(path).replace(/\.gguf$/i, ''))

export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '' && !way.startsWith('..') && !/^([A-Za-z]:|[\\/])/.test(way)
}

/** The plain part of a name, and a number where it is taken: never a path, never over another file. */
async function freePath(folder: string, fileName: string): Promise<string> {
  const plain =
    basename(fileName)
      .replace(/\.gguf$/i, '')
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[.-]+/, '')
      .slice(0, 100) || 'model'
  for (let number = 1; ; number += 1) {
    const path = join(folder, number === 1 ? `${plain}.gguf` : `${plain}-${number}.gguf`)
    if (!(await stampOf(path))) return path
  }
}
