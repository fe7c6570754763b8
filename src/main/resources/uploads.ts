import { createWriteStream } from 'node:fs'
import { mkdir, open, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { TributaryError } from '../../shared/errors'
import { judgedByFirstBytes } from './first-bytes'
import { judgeOfName, sniffedBytes } from './kinds'
import { resourceLimits } from './limits'

/**
 * What a person gave that had no path of its own is kept in the data folder: whole or not at all, under a name that we make. Its ending is one that some node reads, and its
 * first bytes are what the ending says; else `file-format`, before anything is written.
 */
export async function saveUpload(folder: string, name: string, body: NodeJS.ReadableStream | string): Promise<string> {
  const safe = safeName(name)
  const judge = judgeOfName(safe)
  if (typeof body === 'string') judge(Buffer.from(body.slice(0, sniffedBytes)))
  const path = join(folder, safe)
  const part = `${path}.part`
  await mkdir(dirname(path), { recursive: true })
  try {
    if (typeof body === 'string') {
      const file = await open(part, 'wx')
      await file.writeFile(body).finally(() => file.close())
    } else await pipeline(body, judgedByFirstBytes(sniffedBytes, judge), bounded(name), createWriteStream(part, { flags: 'wx' }))
    const file = await open(part, 'r+')
    await file.sync().finally(() => file.close())
    await rename(part, path)
    await syncFolder(dirname(path))
    return path
  } catch (thrown) {
    await rm(part, { force: true })
    await rmdir(folder).catch(() => undefined) // made for this upload alone, unless there is something in it
    if ((thrown as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new TributaryError('disk-full', `There is no space left to keep “${name}”.`, { cause: thrown })
    throw thrown
  }
}

/** The new name is durable once its folder is; Windows cannot open one, and needs not. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

/** Letters, digits, blanks, dots and dashes, at most 100 of them; never empty, hidden or a device. */
export function safeName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? ''
  const plain = last
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N} ._-]/gu, '_')
    .slice(-100)
    .replace(/^[.\s]+|[.\s]+$/g, '')
  return plain === '' || /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(plain) ? `upload ${plain}`.trim() : plain
}

function bounded(name: string): Transform {
  let size = 0
  return new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length
      done(
        size > resourceLimits.fileBytes
          ? new TributaryError('file-unreadable', `“${name}” is larger than ${resourceLimits.fileBytes / 1024 / 1024} MB.`)
          : null,
        chunk,
      )
    },
  })
}
