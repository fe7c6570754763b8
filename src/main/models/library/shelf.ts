import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type ErrorReport, TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import type { ModelRef } from '../../../shared/value'
import { isCheckpoint } from '../../weights/checkpoint/open'
import { requireParts } from '../../weights/gguf/parts'
import { Books } from './books'
import type { Catalogue } from './catalogue'
import { type ModelFacts, modelFacts } from './facts'
import { sha256OfModel } from './files'
import { isInside } from './inside'
import { convertedPath, runnableCopy } from './runnable'
import { findModelFiles, sizeNow, stampOf, weightFiles } from './scan'
import type { ShelfRow, ShelfTable } from './shelf-table'
import { isStillThere } from './watched-folders'

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
  /** Takes a checked file (or a model in parts, by any of them) onto the shelf where it lies. Throws `file-format` or `model-corrupt` when it is no model, `model-missing` naming parts that are not there. */
  register(file: NewFile): Promise<ShelfModel>
  /** Reads the whole file again. `ok: false` takes the model off the list of those that may be used; `sha256` is what the file has now. */
  verify(sha256: string, signal?: AbortSignal): Promise<{ ok: boolean; sha256: string }>
  /** Deletes our own file, forgets a file of the person. Shipped models stay: `not-allowed`. */
  remove(sha256: string): Promise<void>
  markUsed(sha256: string): void
  /** Says in a word what there is: another word means that models came or went, by whatever hand. Reads no file. */
  trace(): Promise<string>
  /** Looks at watched folders until all that is in them has been read. `list` and `find` do so, too, but wait no longer than a person does. */
  readWatched(): Promise<void>
  /** how many models of the library lie below this folder now */
  inFolder(folder: string): number
  /** Models that are here only because the folder was watched leave the library; their files stay. */
  forgetFolder(folder: string): void
  /** The file that llama.cpp can load: the model's own, or, of a checkpoint, an F16 copy that is made when it is first asked for. Throws `disk-full`. */
  runnable(model: ShelfModel, signal?: AbortSignal): Promise<string>
  /** a free path in our models folder for a file of this name */
  pathFor(fileName: string): Promise<string>
  readonly catalogue: Catalogue
  readonly modelsFolder: string
}

/** `watched`: found in a folder that a person lets us watch */
export type Origin = 'shipped' | 'pulled' | 'imported' | 'written' | 'watched'

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
  /** further folders whose models are in the library where they lie; asked at every look */
  readonly watched?: () => readonly string[]
  readonly catalogue: Catalogue
  readonly now?: () => number
}

export function createShelf(options: ShelfOptions): Shelf {
  const { table, catalogue, modelsFolder } = options
  const books = new Books(options)
  const watched = (): readonly string[] => options.watched?.() ?? []
  return {
    catalogue,
    modelsFolder,
    list: async () => {
      await books.refreshAll()
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
        await books.refreshAll()
      }
      return found()
    },
    isPresent: (sha256) => {
      const row = table.get(sha256)
      return row !== undefined && sizeNow(row.path) === row.sizeBytes
    },
    register: async (file) => {
      const stamp = await stampOf(requireParts(file.path)[0])
      if (!stamp) throw new TributaryError('file-unreadable', `There is no file ${basename(file.path)}.`, { place: { file: file.path } })
      return asModel(await books.take(stamp, file), true)
    },
    verify: async (sha256, signal) => {
      const row = requireRow(table, sha256)
      const stamp = await stampOf(requireParts(row.path)[0])
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
      if (row.origin === 'watched' && watched().some((folder) => isInside(folder, row.path)) && sizeNow(row.path) !== undefined)
        throw new TributaryError('not-allowed', `${row.name} lies in a folder that is watched and would be back at once.`, {
          hint: 'Take the file out of the folder, or stop watching the folder.',
        })
      if (isInside(modelsFolder, row.path)) await removeOwn(modelsFolder, row.path)
      await rm(convertedPath(modelsFolder, sha256), { force: true })
      table.remove(sha256)
    },
    trace: async () => {
      const known = table.list().map(({ sha256, path, sizeBytes }) => [sha256, sizeNow(path) === sizeBytes])
      const folders = [modelsFolder, ...(await watchedThere())]
      return JSON.stringify([known, await Promise.all(folders.map((folder) => findModelFiles(folder)))])
    },
    markUsed: (sha256) => table.markUsed(sha256, (options.now ?? Date.now)()),
    readWatched: () => books.readWatched(),
    inFolder: (folder) => table.list().filter(({ path, sizeBytes }) => isInside(folder, path) && sizeNow(path) === sizeBytes).length,
    forgetFolder: (folder) => {
      for (const { sha256, path, origin } of table.list())
        if (origin === 'watched' && isInside(folder, path) && !watched().some((other) => isInside(other, path))) table.remove(sha256)
    },
    runnable: (model, signal) => (isCheckpoint(model.path) ? runnableCopy(modelsFolder, model, signal) : Promise.resolve(model.path)),
    pathFor: (fileName) => freePath(modelsFolder, fileName),
  }

  async function watchedThere(): Promise<readonly string[]> {
    const folders = watched()
    const there = await Promise.all(folders.map(isStillThere))
    return folders.filter((_, at) => there[at])
  }
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
  else if (isCheckpoint(path)) await rm(path, { force: true })
  else await Promise.all(weightFiles(path).map((file) => rm(file, { force: true })))
}

function requireRow(table: ShelfTable, sha256: string): ShelfRow {
  const row = table.get(sha256)
  if (!row) throw new TributaryError('not-found', `No model on the shelf has the hash ${sha256.slice(0, 12)}….`)
  return row
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
    if (!existsSync(path)) return path
  }
}
