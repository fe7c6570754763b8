import { basename, dirname } from 'node:path'
import { checkpointFiles, isCheckpoint, planCheckpoint } from '../checkpoint/open'
import { corrupt } from '../gguf/errors/corrupt'
import { checkModel } from '../gguf/parser/check-model'
import { type PlacedTensor, readGgufModel } from '../gguf/read-model'
import { byteLengthOf } from '../gguf/types/ggml-type'
import type { GgufMetadata } from '../gguf/types/header'
import { elementsOf } from '../place'

export interface SourceTensor extends PlacedTensor {
  /** which row of the file stands at each row of the tensor; absent: the same */
  readonly rows?: readonly number[]
  /** added to every value that is read; neutral: 0 */
  readonly plus?: number
  /** a small table of F32 that stands in no file */
  readonly numbers?: Float32Array
}

/** A model file (or the parts of a split one, or a checkpoint seen as the GGUF it would be), its header read and checked; no tensor is read yet. */
export interface Source {
  readonly metadata: GgufMetadata
  readonly tensors: readonly SourceTensor[]
}

/** Opens a GGUF (of several parts: by any of them), or a checkpoint by its `.safetensors` file or shard index, in place: names, order of dimensions and of rows are those of a GGUF. */
export async function openSource(path: string): Promise<Source> {
  return isCheckpoint(path) ? openCheckpoint(path) : readGgufModel(path)
}

async function openCheckpoint(path: string): Promise<Source> {
  const name = basename(dirname(path))
  const { plan } = await planCheckpoint({ files: checkpointFiles(path), name, dtype: 'keep' })
  const tensors = plan.tensors.map((planned): SourceTensor => {
    const elements = elementsOf(planned.shape)
    const common = {
      name: planned.name,
      shape: planned.shape,
      type: planned.type,
      elements,
      byteLength: byteLengthOf(planned.type, elements),
    }
    if (!('source' in planned)) return { ...common, path, offset: 0, numbers: planned.numbers }
    const rows = planned.sourceRow && rowsOf(planned, planned.sourceRow, name)
    return {
      ...common,
      path: planned.source.path,
      offset: planned.source.offset,
      ...(rows ? { rows } : {}),
      ...(planned.plus ? { plus: planned.plus } : {}),
    }
  })
  checkModel({ metadata: plan.metadata, tensors }, name)
  return { metadata: plan.metadata, tensors }
}

/** The rows of one order, by their count: one list for all layers and models, which a plan then carries to its threads once. */
const orders = new WeakMap<(row: number) => number, Map<number, readonly number[]>>()

function rowsOf(
  { name, shape }: { name: string; shape: readonly number[] },
  sourceRow: (row: number) => number,
  file: string,
): readonly number[] {
  const count = shape.length > 1 ? elementsOf(shape.slice(1)) : (shape[0] ?? 0)
  const known = orders.get(sourceRow)?.get(count)
  if (known) return known
  try {
    const rows: number[] = []
    for (let row = 0; row < count; row++) rows.push(sourceRow(row))
    if (rows.every((row) => row < count)) {
      orders.set(sourceRow, (orders.get(sourceRow) ?? new Map<number, number[]>()).set(count, rows))
      return rows
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  throw corrupt(file, `the tensor ${name}`, 'does not have the rows that the heads of the model ask for')
}
