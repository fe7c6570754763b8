import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { basename } from 'node:path'
import { TributaryError } from '../../../../shared/errors'
import type { ByteSource } from './byte-source'

export interface OpenFile extends ByteSource {
  /** Fills `into` from `offset`: all of it, or throws. */
  readInto(offset: number, into: Uint8Array): void
  close(): void
}

/** Opens a file for positioned reads. Buffers are zeroed, and a short read is an error: a shrinking file never leaks old memory. */
export function openBytes(path: string): OpenFile {
  const name = basename(path)
  const file = tryOpen(path, name)
  const { size } = fstatSync(file)
  const readInto = (offset: number, into: Uint8Array): void => {
    for (let done = 0; done < into.length; ) {
      const count = readSync(file, into, done, into.length - done, offset + done)
      if (count === 0)
        throw new TributaryError('file-unreadable', `${name} ended while it was being read, at byte ${offset + done}.`, {
          place: { file: name },
        })
      done += count
    }
  }
  return {
    name,
    size,
    readInto,
    read(offset, length) {
      const bytes = new Uint8Array(length)
      readInto(offset, bytes)
      return bytes
    },
    close: () => closeSync(file),
  }
}

function tryOpen(path: string, name: string): number {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (cause) {
    throw new TributaryError(
      'file-unreadable',
      `${name} cannot be opened (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
      {
        place: { file: name },
        cause,
      },
    )
  }
  if (fstatSync(file).isFile()) return file
  closeSync(file)
  throw new TributaryError('file-unreadable', `${name} is not a file.`, { place: { file: name } })
}
