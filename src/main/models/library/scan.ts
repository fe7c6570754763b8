import { type Dirent, readdirSync, statSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A file as the file system describes it now. Path, size and time together say whether a hash that was computed earlier still holds. */
export interface FileStamp {
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedMs: number
}

const maxFiles = 5_000

/** The `.gguf` files below a folder, at most `depth` folders down, in order of their paths. A folder that is not there has none; links are not followed. */
export async function findModelFiles(folder: string, depth = 3): Promise<FileStamp[]> {
  const found: FileStamp[] = []
  await visit(folder, depth, found)
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

async function visit(folder: string, depth: number, found: FileStamp[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [] as Dirent[])
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && depth > 0 && !entry.name.startsWith('.')) await visit(path, depth - 1, found)
    if (!entry.isFile() || !entry.name.toLowerCase().endsWith('.gguf') || found.length >= maxFiles) continue
    const stamp = await stampOf(path)
    if (stamp) found.push(stamp)
  }
}

/** A sharded checkpoint is all the weights in its folder together. */
export async function stampOf(path: string): Promise<FileStamp | undefined> {
  const found = await Promise.all(weightFiles(path).map((file) => stat(file).catch(() => undefined)))
  // gone or not ours to read: the shelf calls it missing
  if (found.length === 0 || found.some((file) => !file?.isFile())) return undefined
  return {
    path,
    sizeBytes: found.reduce((sum, file) => sum + (file?.size ?? 0), 0),
    modifiedMs: Math.max(...found.map((file) => file?.mtimeMs ?? 0)),
  }
}

/** The files that hold the weights of the model at `path`: itself, or an index of shards and the shards beside it. */
export function weightFiles(path: string): string[] {
  if (!path.endsWith('.safetensors.index.json')) return [path]
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
