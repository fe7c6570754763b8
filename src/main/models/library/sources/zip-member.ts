import { createWriteStream } from 'node:fs'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Entry, ZipFile } from 'yauzl'
import { TributaryError } from '../../../../shared/errors'

/** Takes one expected member out of a zip file (a wheel is one) and nothing else: no name inside the zip ever becomes a path of ours. */
export interface ZipMember {
  readonly zip: string
  readonly member: string
  readonly target: string
  /** a member that says or turns out to be larger is refused */
  readonly maxBytes: number
  readonly signal: AbortSignal
  readonly onBytes?: ((done: number) => void) | undefined
}

/** Members looked at before we give up; wheels of models have a dozen. */
const maxEntries = 10_000

/** Writes the member to `target` (replacing it) and returns its size. Throws `file-format` for a broken zip, a missing member, or one beyond `maxBytes`. */
export async function extractMember(request: ZipMember): Promise<number> {
  const { openPromise } = await import('yauzl')
  const file = await openPromise(request.zip, { autoClose: false }).catch((error: unknown) => {
    throw refusal(request, 'is not a readable zip file', error)
  })
  try {
    const entry = await findEntry(file, request)
    if (entry.uncompressedSize > request.maxBytes)
      throw refusal(request, `says that it has ${entry.uncompressedSize} bytes, ${request.maxBytes} are allowed`)
    return await write(file, entry, request)
  } finally {
    file.close()
  }
}

async function findEntry(file: ZipFile, request: ZipMember): Promise<Entry> {
  if (file.entryCount > maxEntries) throw refusal(request, `has ${file.entryCount} members`)
  try {
    for await (const entry of file.eachEntry()) {
      request.signal.throwIfAborted()
      if (entry.fileName === request.member) return entry
    }
  } catch (error) {
    request.signal.throwIfAborted()
    throw refusal(request, 'has a damaged directory', error)
  }
  throw refusal(request, 'has no such member')
}

async function write(file: ZipFile, entry: Entry, request: ZipMember): Promise<number> {
  let done = 0
  const count = new Transform({
    transform(block: Buffer, _encoding, next) {
      done += block.length
      if (done > request.maxBytes) return next(refusal(request, `unpacks to more than ${request.maxBytes} bytes`))
      request.onBytes?.(done)
      next(null, block)
    },
  })
  try {
    await pipeline(await file.openReadStreamPromise(entry), count, createWriteStream(request.target), { signal: request.signal })
  } catch (error) {
    request.signal.throwIfAborted()
    if (error instanceof TributaryError || (error as NodeJS.ErrnoException).syscall === 'write') throw error
    throw refusal(request, 'cannot be unpacked', error)
  }
  return done
}

function refusal(request: ZipMember, reason: string, cause?: unknown): TributaryError {
  return new TributaryError('file-format', `The package that should hold ${request.member} ${reason}.`, {
    place: { file: request.zip },
    ...(cause === undefined ? {} : { cause }),
  })
}
