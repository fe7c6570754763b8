import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { DerivedStore } from '../shared/derived-store'

/** All files together at most; the oldest go first. */
const mostBytes = 512 * 2 ** 20
const hashBytes = 32

/**
 * What was derived from models and takes long to make, in files: one for each key, named by the key's SHA-256, its bytes followed by their own SHA-256.
 * Everything here can be made again, so a file that is damaged, or that cannot be read or written, is as good as none.
 */
export function derivedFiles(folder: string): DerivedStore {
  const pathOf = (key: string): string => join(folder, createHash('sha256').update(key).digest('hex'))
  return {
    async read(key) {
      const path = pathOf(key)
      try {
        const file = await readFile(path)
        const bytes = file.subarray(0, file.length - hashBytes)
        if (file.length < hashBytes || !hashOf(bytes).equals(file.subarray(file.length - hashBytes))) return undefined
        await utimes(path, new Date(), new Date())
        return bytes
      } catch {
        return undefined
      }
    },
    async write(key, bytes) {
      const path = pathOf(key)
      const staged = `${path}.${process.pid}`
      try {
        await mkdir(folder, { recursive: true })
        const file = await open(staged, 'w')
        try {
          await file.writeFile(bytes)
          await file.writeFile(hashOf(bytes))
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(staged, path)
        await forgetOldest(folder)
      } catch {
        await rm(staged, { force: true }).catch(() => undefined)
      }
    },
  }
}

const hashOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

async function forgetOldest(folder: string): Promise<void> {
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const path = join(folder, name)
      const { size, mtimeMs } = await stat(path)
      return { path, size, mtimeMs }
    }),
  )
  let total = 0
  for (const { path, size } of files.sort((a, b) => b.mtimeMs - a.mtimeMs)) {
    total += size
    if (total > mostBytes) await rm(path, { force: true })
  }
}
