import { TributaryError } from '../../../shared/errors'
import type { PlacedTensor } from '../safetensors/open'
import { type Checkpoint, fromFile, type PlannedTensor } from './plan'

/** Hugging Face name → GGUF name; `{n}` is the block. */
export interface TensorNames {
  readonly whole: { readonly [name: string]: string }
  readonly perBlock: { readonly [name: string]: string }
  readonly blockPrefix: string
  /** parts of a checkpoint that a GGUF of this family does not have */
  readonly dropped: readonly RegExp[]
  /** GGUF names of weights that llama.cpp expects one larger than the checkpoint has them; neutral: none */
  readonly plusOne?: RegExp
  /** tensors of two or more dimensions that stay float32 all the same */
  readonly keepFloat32?: readonly string[]
}

/** Every tensor of the checkpoint finds its place, in order of the checkpoint's names, or the model is refused: nothing is left out quietly. */
export function planTensors(
  checkpoint: Checkpoint,
  names: TensorNames,
  rowOrder: (ggufName: string, source: PlacedTensor) => ((row: number) => number) | undefined = () => undefined,
): PlannedTensor[] {
  const planned: PlannedTensor[] = []
  for (const source of checkpoint.tensors.values()) {
    if (names.dropped.some((pattern) => pattern.test(source.name))) continue
    const name = ggufName(source.name, names)
    if (name === undefined)
      throw new TributaryError('model-unsupported', `${checkpoint.name} has a tensor that its family does not: ${source.name}.`, {
        hint: 'Convert it with llama.cpp’s own converter and add the GGUF file.',
      })
    const dtype = names.keepFloat32?.includes(name) ? 'F32' : checkpoint.dtype
    planned.push({ ...fromFile(name, source, dtype, rowOrder(name, source)), ...(names.plusOne?.test(name) ? { plus: 1 } : {}) })
  }
  return planned.sort((a, b) => compareNames(a.name, b.name))
}

/** The way back: what a checkpoint calls this tensor of a GGUF; undefined for what it does not have. */
export function checkpointName(name: string, names: TensorNames): string | undefined {
  const find = (table: { readonly [from: string]: string }, wanted: string): string | undefined =>
    Object.entries(table).find(([from, to]) => to === wanted && !names.dropped.some((pattern) => pattern.test(from)))?.[0]
  const [, block, inner] = /^blk\.(\d{1,4})\.(.+)$/.exec(name) ?? []
  if (inner === undefined) return find(names.whole, name)
  const found = find(names.perBlock, inner)
  return found === undefined ? undefined : `${names.blockPrefix}${block}.${found}`
}

/** What a GGUF calls this tensor of a checkpoint; undefined for one that the family does not have. */
export function ggufName(name: string, names: TensorNames): string | undefined {
  const whole = names.whole[name]
  if (whole !== undefined) return whole
  if (!name.startsWith(names.blockPrefix)) return undefined
  const block = /^(\d{1,4})\.(.+)$/.exec(name.slice(names.blockPrefix.length))
  const inner = block?.[2] === undefined ? undefined : names.perBlock[block[2]]
  return inner === undefined ? undefined : `blk.${Number(block?.[1])}.${inner}`
}

/** Outer tensors first, then blocks in order: a stable order, so that equal checkpoints give equal bytes. */
function compareNames(a: string, b: string): number {
  const blockOf = (name: string): number => Number(/^blk\.(\d+)\./.exec(name)?.[1] ?? -1)
  return blockOf(a) - blockOf(b) || (a < b ? -1 : a > b ? 1 : 0)
}
