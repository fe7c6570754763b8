import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { convertCheckpoint } from '../../weights/checkpoint/convert'
import { checkpointFiles } from '../../weights/checkpoint/open'
import { requireSpace } from './files'
import type { ShelfModel } from './shelf'

/** A hidden folder: these copies are no models of their own and may be deleted at any time. */
export const convertedPath = (modelsFolder: string, sha256: string): string =>
  join(modelsFolder, '.converted', `${sha256.slice(0, 40)}.gguf`)

const making = new Map<string, Promise<void>>()

/** An F16 GGUF of a checkpoint, made once; whoever asks meanwhile waits for the same one. */
export async function runnableCopy(modelsFolder: string, model: ShelfModel, signal = new AbortController().signal): Promise<string> {
  const target = convertedPath(modelsFolder, model.sha256)
  if (existsSync(target)) return target
  const standing = making.get(target) ?? make(modelsFolder, model, target, signal).finally(() => making.delete(target))
  making.set(target, standing)
  await standing
  return target
}

async function make(modelsFolder: string, { path, name, sha256, facts }: ShelfModel, target: string, signal: AbortSignal): Promise<void> {
  await requireSpace(modelsFolder, facts.parameters * 2, name)
  await mkdir(dirname(target), { recursive: true })
  await convertCheckpoint({ files: checkpointFiles(path), target, name, dtype: 'F16', sourceSha256: sha256, signal })
}
