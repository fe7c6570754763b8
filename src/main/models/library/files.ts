import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, statfs } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { TributaryError } from '../../../shared/errors'
import { checkpointFiles, isCheckpoint } from '../../weights/checkpoint/open'
import { weightFiles } from './scan'

/** The few things that this room does to files. Every long one listens to a signal and never blocks the event loop for more than one block. */

const blockBytes = 1 << 20

export interface ReadProgress {
  readonly signal?: AbortSignal | undefined
  readonly onBytes?: ((done: number) => void) | undefined
}

/** SHA-256 of a file (or of its first `end` bytes) in hexadecimal; reads block by block. */
export async function sha256OfFile(path: string, { signal, onBytes, end }: ReadProgress & { end?: number } = {}): Promise<string> {
  const hash = createHash('sha256')
  if (end === 0) return hash.digest('hex')
  let done = 0
  for await (const block of createReadStream(path, {
    highWaterMark: blockBytes,
    ...(end === undefined ? {} : { end: end - 1 }),
    ...(signal ? { signal } : {}),
  })) {
    hash.update(block as Buffer)
    done += (block as Buffer).length
    onBytes?.(done)
  }
  return hash.digest('hex')
}

/**
 * What identifies a model: the SHA-256 of its file; of a GGUF in parts that of the list of their SHA-256, a line each, in order (their names may change); of a
 * checkpoint that of the list of its files (weights, config, tokenizer) with the SHA-256 of each.
 * `hashes`: of files that somebody hashed already, by path; they are not read.
 */
export async function sha256OfModel(
  path: string,
  { hashes, ...progress }: ReadProgress & { readonly hashes?: ReadonlyMap<string, string> | undefined } = {},
): Promise<string> {
  const hashOf = async (file: string): Promise<string> => hashes?.get(file) ?? sha256OfFile(file, progress)
  if (!isCheckpoint(path)) return sha256OfParts(weightFiles(path), hashOf)
  const { config, tokenizer, sentencePiece, tokenizerConfig } = checkpointFiles(path)
  const hash = createHash('sha256')
  for (const file of [...weightFiles(path), config, ...[tokenizer, sentencePiece, tokenizerConfig].filter((one) => one !== undefined)])
    hash.update(`${await hashOf(file)}  ${basename(file)}\n`)
  return hash.digest('hex')
}

async function sha256OfParts([first, ...others]: readonly string[], hashOf: (file: string) => Promise<string>): Promise<string> {
  const whole = await hashOf(first as string)
  if (others.length === 0) return whole
  const hash = createHash('sha256').update(`${whole}\n`)
  for (const part of others) hash.update(`${await hashOf(part)}\n`)
  return hash.digest('hex')
}

/** Bytes free for us on the disk that holds `folder`. Replaceable, so that a full disk can be tried. */
export type FreeBytes = (folder: string) => Promise<number>
export const freeBytes: FreeBytes = async (folder) => {
  const disk = await statfs(folder)
  return disk.bavail * disk.bsize
}

/** A tenth more than the bytes alone: file systems need room of their own. Throws `disk-full` before anything is written. */
export async function requireSpace(folder: string, bytes: number, what: string, free: FreeBytes = freeBytes): Promise<void> {
  const needed = Math.ceil(bytes * 1.1)
  await mkdir(folder, { recursive: true })
  const available = await free(folder)
  if (available >= needed) return
  throw new TributaryError('disk-full', `${what} needs ${formatBytes(needed)} of disk space and ${formatBytes(available)} are free.`, {
    hint: `Free some space on the disk that holds ${folder}, or set TRIBUTARY_HOME to a folder on another disk.`,
    place: { file: folder },
  })
}

/** Makes a finished file appear at `to` all at once and for good: its bytes are on the disk before its name is. */
export async function settle(from: string, to: string): Promise<void> {
  await syncPath(from)
  await mkdir(dirname(to), { recursive: true })
  await rename(from, to)
  await syncPath(dirname(to)).catch((error: unknown) => {
    if (process.platform !== 'win32') throw error // Windows cannot open a folder to sync it
  })
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export const removeQuietly = (path: string): Promise<void> => rm(path, { recursive: true, force: true })

/** An error of the file system in our words; other errors pass unchanged. */
export function asDiskError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new TributaryError('disk-full', `There is no space left on the disk for ${basename(path)}.`, {
      hint: 'Free some space and try again: what has arrived is kept.',
      place: { file: path },
      cause: error,
    })
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new TributaryError('file-unreadable', `${basename(path)} may not be written or read here (${code}).`, {
      hint: 'Check the permissions of the folder.',
      place: { file: path },
      cause: error,
    })
  return error
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes / 1000
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}
