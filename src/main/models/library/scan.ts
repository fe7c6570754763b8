import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { partPaths } from '../../weights/gguf/parts'

/** A file as the file system describes it now. Path, size and time together say whether a hash that was computed earlier still holds. */
export interface FileStamp {
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedMs: number
}

const maxFiles = 5_000

/**
 * The `.gguf` models below a folder, at most `depth` folders down, in order of their paths. One in parts has the path of its first, also where parts are missing; its
 * size is then that of those that are there. A folder that is not there has none; links are not followed.
 */
export async function findModelFiles(folder: string, depth = 3): Promise<FileStamp[]> {
  const found = new Map<string, FileStamp>()
  await visit(folder, depth, found)
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

async function visit(folder: string, depth: number, found: Map<string, FileStamp>): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [] as Dirent[])
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && depth > 0 && !entry.name.startsWith('.')) await visit(path, depth - 1, found)
    if (!entry.isFile() || !entry.name.toLowerCase().endsWith('.gguf') || found.size >= maxFiles) continue
    const [first] = partPaths(path)
    if (found.has(first)) continue
    const stamp = together(first, await filesThere(first))
    if (stamp) found.set(first, stamp)
  }
}

/** A sharded checkpoint is all the weights in its folder together, a GGUF in parts all of these. */
export async function stampOf(path: string): Promise<FileStamp | undefined> {
  const files = await filesThere(path)
  // gone or not ours to read: the shelf calls it missing
  return files.length < weightFiles(path).length ? undefined : together(path, files)
}

/** Those of its files that are there. */
async function filesThere(path: string): Promise<Stats[]> {
  const found = await Promise.all(weightFiles(path).map((file) => stat(file).catch(() => undefined)))
  return found.filter((file) => file !== undefined).filter((file) => file.isFile())
}

function together(path: string, files: readonly Stats[]): FileStamp | undefined {
  if (files.length === 0) return undefined
  return {
    path,
    sizeBytes: files.reduce((sum, { size }) => sum + size, 0),
    modifiedMs: Math.max(...files.map(({ mtimeMs }) => mtimeMs)),
  }
}

/** Nothing of the model at `path` is there any more. */
export const isGone = async (path: string): Promise<boolean> => (await filesThere(path)).length === 0

/** The files that hold the weights of the model at `path`: itself, the parts of a GGUF, or an index of shards and the shards beside it. */
export function weightFiles(path: string): string[] {
  if (!path.endsWith('.safetensors.index.json')) return [...partPaths(path)]
  const folder = dirname(path)
  try {
    const shards = readdirSync(folder).filter((name) => name.endsWith('.safetensors'))
    return [path, ...shards.sort().map((name) => join(folder, name))]
  } catch {
    return [path]
  }
}

/** Bytes on the disk now; undefined where a file is not there. */
export function sizeNow(path: string): number | undefined {
  const sizes = weightFiles(path).map((file) => statSync(file, { throwIfNoEntry: false })?.size)
  return sizes.reduce<number | undefined>((sum, size) => (sum === undefined || size === undefined ? undefined : sum + size), 0)
}

export const sameStamp = (row: FileStamp, stamp: FileStamp): boolean =>
  row.path === stamp.path && row.sizeBytes === stamp.sizeBytes && row.modifiedMs === stamp.modifiedMs
