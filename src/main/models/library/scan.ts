import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

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

export async function stampOf(path: string): Promise<FileStamp | undefined> {
  try {
    const found = await stat(path)
    return found.isFile() ? { path, sizeBytes: found.size, modifiedMs: found.mtimeMs } : undefined
  } catch {
    return undefined // gone or not ours to read: the shelf calls it missing
  }
}

export const sameStamp = (row: FileStamp, stamp: FileStamp): boolean =>
  row.path === stamp.path && row.sizeBytes === stamp.sizeBytes && row.modifiedMs === stamp.modifiedMs
