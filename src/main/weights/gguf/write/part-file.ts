import {
  closeSync,
  fdatasync,
  fsync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import { promisify } from 'node:util'
import { TributaryError } from '../../../../shared/errors'

/** A file in the making: `NAME.part` until `finish` renames it. What stands under the final name is whole. */
export interface PartFile {
  readonly path: string
  /** what an earlier attempt had written is still in it */
  readonly resumed: boolean
  write(bytes: Uint8Array, offset: number): void
  /** Syncs, lets `validate` look at the part file, and renames it into place. */
  finish(validate: (partPath: string) => Promise<void>): Promise<void>
  /** What was written before the call survives a power cut once this resolves; others may go on writing meanwhile. */
  sync(): Promise<void>
  discard(): void
}

/** Makes (or, with `resume`, reopens) the part file of `size` bytes beside its final path. Throws `disk-full` before anything is written when it cannot fit. */
export function openPart(path: string, size: number, options: { readonly resume?: boolean } = {}): PartFile {
  const part = `${path}.part`
  const resume = options.resume === true && canResume(path, size)
  if (!resume) requireSpace(path, size)
  const file = openSync(part, resume ? 'r+' : 'w')
  let open = true
  const close = (): void => {
    if (open) closeSync(file)
    open = false
  }
  if (!resume) ftruncateSync(file, size)
  return {
    path: part,
    resumed: resume,
    write: (bytes, offset) => writeAll(file, bytes, offset, basename(path)),
    async finish(validate) {
      // some disks tell only now that they are full
      try {
        await promisify(fsync)(file)
      } catch (cause) {
        throw asDiskFull(cause, basename(path))
      }
      close()
      await validate(part)
      renameSync(part, path)
      syncFolder(dirname(path))
    },
    sync: () =>
      promisify(fdatasync)(file).catch((cause: unknown) => {
        throw asDiskFull(cause, basename(path))
      }),
    discard() {
      close()
      rmSync(part, { force: true })
    },
  }
}

/** Whether the part file of an earlier attempt at this size is still there. */
export const canResume = (path: string, size: number): boolean => statSync(`${path}.part`, { throwIfNoEntry: false })?.size === size

/** Writes all of `bytes` at `offset`; a full disk becomes `disk-full`. */
export function writeAll(file: number, bytes: Uint8Array, offset: number, name: string): void {
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, offset + done)
  } catch (cause) {
    throw asDiskFull(cause, name)
  }
}

/** A small file in one go, synced. */
export function writeWhole(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w')
  try {
    writeAll(file, bytes, 0, basename(path))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

export function asDiskFull(cause: unknown, name: string): unknown {
  const code = (cause as NodeJS.ErrnoException).code
  if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'EFBIG') return cause
  return new TributaryError('disk-full', `The disk became full while ${name} was being written; nothing is left under that name.`, {
    hint: 'Free some space, or choose a smaller type such as Q8_0, and run again.',
    place: { file: name },
    cause,
  })
}

/** A tenth of a percent and 16 MiB are kept for the rest of the system. */
export function requireSpace(path: string, size: number): void {
  const { bavail, bsize } = statfsSync(dirname(path))
  const free = bavail * bsize
  const kept = size / 1000 + 16 * 2 ** 20
  if (size + kept <= free) return
  const [needs, stays, has] = [size, kept, free].map(megabytes)
  throw new TributaryError(
    'disk-full',
    `${basename(path)} needs ${needs} MB, ${stays} MB stay for the rest of the system, and ${has} MB are free.`,
    {
      hint: 'Free some space, or choose a smaller type such as Q8_0.',
      place: { file: basename(path) },
    },
  )
}

const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6)

export function syncFolder(folder: string): void {
  // Windows cannot open a folder; there the rename itself is durable
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
