import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type ErrorReport, TributaryError, toErrorReport } from '../../../shared/errors'
import { convertCheckpoint } from './convert/convert'
import { requireSpace } from './files'
import { findModelFiles } from './scan'
import type { Shelf, ShelfModel } from './shelf'

/** What came of importing a file or a folder. */
export interface Added {
  readonly models: readonly ShelfModel[]
  readonly refused: readonly { readonly path: string; readonly error: ErrorReport }[]
}

/**
 * Takes a file or folder of the person into the library. GGUF files stay where they are; a checkpoint (safetensors with its JSON files) is converted
 * into our models folder. A single file that is no model throws its reason; of a folder, the unsound files are listed. Throws `data-empty` for a
 * folder without models. Links are followed once, here, and the real path is kept.
 */
export async function addToShelf(shelf: Shelf, given: string, signal: AbortSignal): Promise<Added> {
  const path = await realpath(given).catch((cause: unknown) => {
    throw new TributaryError('file-unreadable', `There is no file or folder ${given}.`, { place: { file: given }, cause })
  })
  if ((await stat(path)).isDirectory()) return addFolder(shelf, path, signal)
  if (path.endsWith('.safetensors')) return { models: [await convertInto(shelf, path, signal)], refused: [] }
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
  if (weights) await attempt(weights, () => convertInto(shelf, weights, signal))
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

async function convertInto(shelf: Shelf, weights: string, signal: AbortSignal): Promise<ShelfModel> {
  const folder = dirname(weights)
  const beside = async (name: string): Promise<string | undefined> => ((await exists(join(folder, name))) ? join(folder, name) : undefined)
  const config = await beside('config.json')
  const tokenizer = await beside('tokenizer.json')
  if (config === undefined || tokenizer === undefined)
    throw new TributaryError('file-format', `${basename(weights)} needs its config.json and tokenizer.json beside it to become a model.`, {
      hint: 'Add the whole folder of the checkpoint, or a .gguf file.',
      place: { file: weights },
    })
  const name = basename(folder)
  const target = await shelf.pathFor(`${name}-f16`)
  await requireSpace(shelf.modelsFolder, (await stat(weights)).size, name)
  const [tokenizerConfig, pooling] = [await beside('tokenizer_config.json'), await beside(join('1_Pooling', 'config.json'))]
  await convertCheckpoint({ files: { weights, config, tokenizer, tokenizerConfig, pooling }, target, name, dtype: 'F16', signal })
  return shelf.register({ path: target, origin: 'imported', name, signal })
}
