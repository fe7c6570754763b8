import { open, readFile, rm, stat, utimes } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'

const beatMs = 5_000
const staleMs = 30_000

/**
 * A lock between processes: a file that only one can make, with the number of its process in it, touched every few seconds. Who finds it taken waits;
 * one whose process is gone or that nobody touches is taken over. It guards a work folder, nothing more: what comes out of that folder is checked by
 * its hash in any case.
 */
export async function takeLock(path: string, signal: AbortSignal, waitMs = 300): Promise<() => Promise<void>> {
  for (;;) {
    signal.throwIfAborted()
    if (await tryMake(path)) return keep(path)
    if (await isHeld(path)) await setTimeout(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted())
    else await rm(path, { force: true })
  }
}

function keep(path: string): () => Promise<void> {
  const beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), beatMs)
  beat.unref()
  return async () => {
    clearInterval(beat)
    await rm(path, { force: true })
  }
}

async function tryMake(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx')
    await file.writeFile(String(process.pid))
    await file.close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function isHeld(path: string): Promise<boolean> {
  const touched = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
  if (Date.now() - touched > staleMs) return false
  const pid = Number(await readFile(path, 'utf8').catch(() => ''))
  // a fresh lock without a number is being written just now
  return pid === 0 || isAlive(pid)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
