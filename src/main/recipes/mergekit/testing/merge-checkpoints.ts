import { join } from 'node:path'
import { plainCodec } from '../../../weights/convert/codec'
import { inlinePool } from '../../../weights/engine/pools'
import { openBytes } from '../../../weights/gguf/bytes/file-bytes'
import { openSafetensors, readTensor } from '../../../weights/safetensors/open'
import { writeModel } from '../../../weights/write-model'
import { importMergekit } from '../import'

/** The entries of each tensor, row by row. */
export type Tensors = Readonly<Record<string, ArrayLike<number>>>

/** MergeKit compares numbers; a checkpoint has a vocabulary all the same. */
export const tokenizerOf = (tokens: readonly string[]): object => ({
  model: { type: 'BPE', vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), merges: [] },
  added_tokens: [],
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
})

/** What a configuration makes of the checkpoints in the folder that it names, written to `out` as a checkpoint (float32) and read again. */
export async function mergeCheckpoints(yaml: string, folder: string, out: string): Promise<Tensors> {
  const { recipe } = importMergekit(yaml)
  const { path } = await writeModel(
    out,
    { ...recipe, recipe: {}, format: 'safetensors' },
    {
      resolve: async ({ name }) => ({ path: join(folder, name, 'model.safetensors') }),
      codec: plainCodec,
      pool: (plan) => inlinePool(plan, plainCodec),
    },
  )
  return tensorsIn(path)
}

/** All tensors of a file of float32 safetensors. */
export function tensorsIn(path: string): Tensors {
  const file = openBytes(path)
  const found = openSafetensors(path).tensors.map(
    (tensor) => [tensor.name, new Float32Array(Uint8Array.from(readTensor(file, tensor)).buffer)] as const,
  )
  file.close()
  return Object.fromEntries(found)
}

/** The largest distance between two sets of tensors; infinite where they have not the same names and sizes. */
export function distanceOf(ours: Tensors, theirs: Tensors): { readonly tensor: string; readonly distance: number } {
  const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])]
  const distances = names.map((tensor) => {
    const [a, b] = [ours[tensor] ?? [], theirs[tensor] ?? []]
    if (a.length !== b.length) return { tensor, distance: Infinity }
    const distance = Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0)
    return { tensor, distance: Number.isNaN(distance) ? Infinity : distance }
  })
  return distances.reduce((most, one) => (one.distance > most.distance ? one : most), { tensor: '', distance: 0 })
}
