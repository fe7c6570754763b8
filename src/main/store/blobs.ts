import { createHash } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { TributaryError } from '../../shared/errors'
import type { Database } from './database'
import { explainStoreError, withSentences } from './sqlite-error'

/** Bytes by their SHA-256, in files. */
export interface BlobTable {
  /** Stores the bytes durably and returns their key. Equal bytes are stored once. */
  put(bytes: Uint8Array): string
  /** Stores what `write` leaves in the file at the path that it is given. Throws `disk-full` first where `bytes` do not fit. */
  fill(bytes: number, write: (path: string) => Promise<void>): Promise<string>
  /** Throws `not-found` when the key is unknown and `store-corrupt` when the file is not what its key says. */
  get(sha: string): Uint8Array
  /** The file of a blob, read once a few MB at a time to see that it is what its key says. Throws as `get` does. */
  path(sha: string): string
  has(sha: string): boolean
  totalBytes(): number
  /** Removes blobs that no value mentions and that nobody used since `before`. Returns the bytes freed. */
  sweep(before: number): number
}

interface BlobRow {
  readonly sha: string
  readonly size: number
}

export function blobTable(database: Database, folder: string, now: () => number): BlobTable {
  const { connection, write } = database
  const find = connection.prepare<[string], BlobRow>('select sha, size from blobs where sha = ?')
  const insert = connection.prepare<[string, number, number, number]>(
    'insert into blobs (sha, size, created_at, used_at) values (?, ?, ?, ?) on conflict (sha) do update set used_at = excluded.used_at',
  )
  const remove = connection.prepare<[string]>('delete from blobs where sha = ?')
  const total = connection.prepare<[], number>('select coalesce(sum(size), 0) from blobs').pluck()
  const unused = connection.prepare<[number], BlobRow>(
    `select sha, size from blobs where used_at < ?
       and sha not in (select blob from wire_values where blob is not null)
       and sha not in (select m.value from wire_values, json_each(wire_values.mentions) as m where mentions is not null)`,
  )
  const pathOf = (sha: string): string => join(folder, sha.slice(0, 2), sha.slice(2))
  const requireKnown = (sha: string): void => {
    if (!/^[0-9a-f]{64}$/.test(sha)) throw new TributaryError('not-found', `"${sha.slice(0, 80)}" is not the key of a stored blob.`)
    if (!find.get(sha))
      throw new TributaryError('not-found', `The store holds no blob ${sha.slice(0, 12)}….`, {
        hint: 'Run the node again without the cache.',
      })
  }

  const isWhole = (sha: string, size: number): boolean => find.get(sha)?.size === size && sizeOf(pathOf(sha)) === size
  /** Takes a synced temporary file, or none where the blob is there already, under its name. */
  const keep = (sha: string, size: number, staged: string | undefined): string => {
    try {
      write(() => {
        if (staged !== undefined) settle(staged, pathOf(sha))
        const at = now()
        insert.run(sha, size, at, at)
      })
    } catch (thrown) {
      if (staged !== undefined) rmSync(staged, { force: true })
      throw thrown
    }
    return sha
  }
  let filled = 0

  return {
    put(bytes) {
      const sha = createHash('sha256').update(bytes).digest('hex')
      return keep(sha, bytes.length, isWhole(sha, bytes.length) ? undefined : withSentences(() => stage(pathOf(sha), bytes)))
    },

    async fill(bytes, fillFile) {
      requireSpace(folder, bytes)
      const staged = join(folder, `${process.pid}-${++filled}.tmp`)
      try {
        await fillFile(staged)
        const { sha, size } = await hashAndSync(staged)
        if (isWhole(sha, size)) return keep(sha, size, undefined)
        mkdirSync(dirname(pathOf(sha)), { recursive: true })
        return keep(sha, size, staged)
      } catch (thrown) {
        throw explainStoreError(thrown)
      } finally {
        rmSync(staged, { force: true })
      }
    },

    get(sha) {
      requireKnown(sha)
      const bytes = readFileSync(pathOf(sha))
      if (createHash('sha256').update(bytes).digest('hex') !== sha) throw damaged(sha)
      return bytes
    },

    path(sha) {
      requireKnown(sha)
      if (sha256OfFile(pathOf(sha)) !== sha) throw damaged(sha)
      return pathOf(sha)
    },

    has: (sha) => find.get(sha) !== undefined,
    totalBytes: () => total.get() ?? 0,

    sweep(before) {
      return write(() => {
        let freed = 0
        for (const { sha, size } of unused.all(before)) {
          remove.run(sha)
          rmSync(pathOf(sha), { force: true })
          freed += size
        }
        return freed + sweepFiles(folder, before, (sha) => find.get(sha) !== undefined)
      })
    },
  }
}

/** Removes files without a row: what a crash left between the rename and the commit, and temporary files. */
function sweepFiles(folder: string, before: number, isKnown: (sha: string) => boolean): number {
  let freed = 0
  for (const name of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(name.parentPath, name.name)
    if (!name.isFile() || isKnown(basename(name.parentPath) + name.name)) continue
    const { mtimeMs, size } = statSync(path)
    if (mtimeMs >= before) continue
    rmSync(path, { force: true })
    freed += size
  }
  return freed
}

/** 64 MiB are left to the rest of the system. */
function requireSpace(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  if (bytes + 64 * 2 ** 20 <= free) return
  const megabytes = (count: number): number => Math.ceil(count / 1e6)
  throw new TributaryError(
    'disk-full',
    `The store needs ${megabytes(bytes)} MB for what is measured, and ${megabytes(free)} MB are free on its disk.`,
    { hint: 'Free some space, or measure less.' },
  )
}

/** Reads a few MB at a time, so that the event loop turns in between. */
async function hashAndSync(path: string): Promise<{ readonly sha: string; readonly size: number }> {
  const hash = createHash('sha256')
  const chunk = new Uint8Array(4 * 2 ** 20)
  const file = await open(path, 'r+')
  try {
    let size = 0
    for (let { bytesRead } = await file.read(chunk); bytesRead > 0; { bytesRead } = await file.read(chunk)) {
      hash.update(chunk.subarray(0, bytesRead))
      size += bytesRead
    }
    await file.sync()
    return { sha: hash.digest('hex'), size }
  } finally {
    await file.close()
  }
}

/** Writes and syncs a temporary file beside the final place. */
function stage(path: string, bytes: Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  const file = openSync(temporary, 'w')
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
    fsyncSync(file)
  } catch (thrown) {
    closeSync(file)
    rmSync(temporary, { force: true })
    throw thrown
  }
  closeSync(file)
  return temporary
}

/** The renamed name is durable only after its folder is synced (Windows has no such call and needs none). */
function settle(temporary: string, path: string): void {
  renameSync(temporary, path)
  if (process.platform === 'win32') return
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size
}

const damaged = (sha: string): TributaryError =>
  new TributaryError('store-corrupt', `The stored blob ${sha.slice(0, 12)}… is damaged.`, { hint: 'Run the node again without the cache.' })

function sha256OfFile(path: string): string {
  const hash = createHash('sha256')
  const chunk = new Uint8Array(4 * 2 ** 20)
  const file = openSync(path, 'r')
  try {
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) hash.update(chunk.subarray(0, read))
  } finally {
    closeSync(file)
  }
  return hash.digest('hex')
}
