import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import { isInside } from './inside'

/** Folders of the person whose models are in the library where they lie, for as long as the folder is watched. Only a person names one: a dialog, the terminal, or `serve --root`. */
export interface WatchedFolders {
  list(): readonly string[]
  /** Takes a folder on, by its real path, which comes back. One that is looked at already stays as it is. Throws `file-unreadable`, `not-allowed`. */
  add(given: string): Promise<string>
  /** Throws `not-found` for a folder that is not watched. */
  remove(folder: string): void
}

export interface WatchedFoldersOptions {
  readonly settings: { get(name: string): Json | undefined; set(changes: Readonly<Record<string, Json>>): void }
  /** folders that are looked at anyway */
  readonly own: readonly string[]
}

/** No setting of `settings.set`: a page may not name a path. */
const settingName = 'watchedModelFolders'
const stored = z.array(z.string()).catch([])
const mostFolders = 32
/** A look reads all of its folders every few seconds: a whole disk is not for watching. */
const mostInside = 2000
export const deepest = 3

export function createWatchedFolders({ settings, own }: WatchedFoldersOptions): WatchedFolders {
  const list = (): string[] => stored.parse(settings.get(settingName))
  return {
    list,
    async add(given) {
      const folder = await realFolder(given)
      const known = list()
      if ([...own, ...known].some((other) => other === folder || isInside(other, folder))) return folder
      if (known.length >= mostFolders)
        throw new TributaryError('not-allowed', `${mostFolders} folders are watched already.`, { hint: 'Stop watching one of them first.' })
      if ((await foldersInside(folder, deepest)) > mostInside)
        throw new TributaryError('not-allowed', `${folder} has more than ${mostInside} folders in it: too much to watch.`, {
          hint: 'Choose the folder in which the models are.',
          place: { file: folder },
        })
      settings.set({ [settingName]: [...known.filter((other) => !isInside(folder, other)), folder] })
      return folder
    },
    remove(folder) {
      const known = list()
      if (!known.includes(folder)) throw new TributaryError('not-found', `${folder} is not watched.`)
      settings.set({ [settingName]: known.filter((other) => other !== folder) })
    },
  }
}

/** Is the folder itself there, and no link that was put in its place? */
export const isStillThere = (folder: string): Promise<boolean> =>
  realpath(folder).then(
    (real) => real === folder,
    () => false,
  )

async function realFolder(given: string): Promise<string> {
  const folder = await realpath(given).catch((cause: unknown) => {
    throw new TributaryError('file-unreadable', `There is no folder ${given}.`, { place: { file: given }, cause })
  })
  if ((await stat(folder)).isDirectory()) return folder
  throw new TributaryError('file-unreadable', `${given} is a file: only folders can be watched.`, { place: { file: given } })
}

/** Counts no further than it has to. */
async function foldersInside(folder: string, depth: number, seen = { count: 0 }): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue
    if (++seen.count > mostInside) break
    if (depth > 1) await foldersInside(join(folder, entry.name), depth - 1, seen)
  }
  return seen.count
}
