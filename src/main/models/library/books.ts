import { basename, dirname } from 'node:path'
import { toErrorReport } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import { isCheckpoint } from '../../weights/checkpoint/open'
import { openSource } from '../../weights/engine/source'
import { modelNameOf } from '../../weights/gguf/parts'
import { provenanceOf } from '../../weights/provenance'
import { factsOf, factsVersion, modelFacts } from './facts'
import { sha256OfModel } from './files'
import { isInside } from './inside'
import { type FileStamp, findModelFiles, isGone, sameStamp, stampOf } from './scan'
import type { NewFile, Origin, RefusedFile, ShelfOptions } from './shelf'
import type { ShelfRow } from './shelf-table'
import { isStillThere } from './watched-folders'

/** Whoever asks what there is waits this long for watched folders: of a folder full of large files the rest appears when it has been read. */
const watchedWaitMs = 1500

/** Keeps the table in step with the folders. One look at a time: whoever asks meanwhile waits for the same one. */
export class Books {
  readonly refused = new Map<string, RefusedFile>()
  private readonly hashed = new Map<string, FileStamp & { readonly sha256: string }>()
  private looking: Promise<void> | undefined
  private watching: Promise<void> | undefined

  constructor(private readonly options: ShelfOptions) {}

  refresh(): Promise<void> {
    this.looking ??= this.look().finally(() => {
      this.looking = undefined
    })
    return this.looking
  }

  /** What came into watched folders, or moved in them, until all of it has been read. */
  readWatched(): Promise<void> {
    this.watching ??= this.lookAtWatched().finally(() => {
      this.watching = undefined
    })
    return this.watching
  }

  /** Both, but no longer than a person waits. */
  async refreshAll(): Promise<void> {
    await this.refresh()
    let timer: NodeJS.Timeout | undefined
    const longEnough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, watchedWaitMs)
    })
    const read = this.readWatched()
    read.catch(() => undefined) // where it fails after the wait, the next look meets the same and says so
    await Promise.race([read, longEnough]).finally(() => clearTimeout(timer))
  }

  private async lookAtWatched(): Promise<void> {
    const folders = this.options.watched?.() ?? []
    for (const folder of folders) {
      if (!(await isStillThere(folder))) continue
      for (const stamp of await findModelFiles(folder)) {
        // a folder that is let go of while it is read brings nothing more
        if (!this.options.watched?.().includes(folder)) break
        await this.takeQuietly(stamp, 'watched')
      }
    }
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
    for (const path of this.refused.keys()) if (await isGone(path)) this.refused.delete(path)
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
    const facts = factsOf(await openSource(stamp.path))
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
  if (given === 'watched') return before === 'written' ? before : given
  if (given !== 'imported') return given
  if (before !== undefined && before !== 'shipped') return before as Origin
  return isPulled ? 'pulled' : 'imported'
}

const plainName = (path: string): string => (isCheckpoint(path) ? basename(dirname(path)) : modelNameOf(path))
