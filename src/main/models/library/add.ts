import { realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type ErrorReport, TributaryError, toErrorReport } from '../../../shared/errors'
import { findModelFiles } from './scan'
import type { Shelf, ShelfModel } from './shelf'

/** What came of importing a file or a folder. */
export interface Added {
  readonly models: readonly ShelfModel[]
  readonly refused: readonly { readonly path: string; readonly error: ErrorReport }[]
}

/**
 * Takes a file or folder of the person into the library. GGUF files and checkpoints (safetensors with their JSON files) stay where they are. A single file that is no model throws its reason; of a folder, the unsound files are listed. Throws `data-empty` for a
 * folder without models. Links are followed once, here, and the real path is kept.
 */
export async function addToShelf(shelf: Shelf, given: string, signal: AbortSignal): Promise<Added> {
  const path = await realpath(given).catch((cause: unknown) => {
    throw new TributaryError('file-unreadable', `There is no file or folder ${given}.`, { place: { file: given }, cause })
  })
  if ((await stat(path)).isDirectory()) return addFolder(shelf, path, signal)
  return { models: [await shelf.register({ path, origin: 'imported', signal })], refused: [] }
}

async function addFolder(shelf: Shelf, folder: string, signal: AbortSignal): Promise<Added> {
  const models: ShelfModel[] = []
  const refused: { path: string; error: ErrorReport }[] = []
  const attempt = async (path: string, work: () => Promise<ShelfModel>): Promise<void> => {
    signal.throwIfAborted()
    try {
      models.push(await work())
    } catch (error) {
      signal.throwIfAborted()
      refused.push({ path, error: toErrorReport(error, { file: path }) })
    }
  }
  for (const { path } of await findModelFiles(folder)) await attempt(path, () => shelf.register({ path, origin: 'imported', signal }))
  const weights = await checkpointIn(folder)
  if (weights) await attempt(weights, () => shelf.register({ path: weights, origin: 'imported', signal }))
  if (models.length === 0 && refused.length === 0)
    throw new TributaryError('data-empty', `There is no model file in ${folder}.`, {
      hint: 'Models are .gguf files, or a .safetensors file beside its config.json and tokenizer.json.',
      place: { file: folder },
    })
  return { models, refused }
}

async function checkpointIn(folder: string): Promise<string | undefined> {
  for (const name of ['model.safetensors.index.json', 'model.safetensors']) if (await exists(join(folder, name))) return join(folder, name)
  return undefined
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
