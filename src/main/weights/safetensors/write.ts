import type { GgmlType } from '../gguf/types/ggml-type'
import { byteLengthOf } from '../gguf/types/ggml-type'
import { elementsOf } from '../place'

export interface SafetensorsPlan {
  readonly name: string
  /** outermost first, as the file has it */
  readonly shape: readonly number[]
  readonly type: Extract<GgmlType, 'F32' | 'F16' | 'BF16'>
}

export interface SafetensorsFile {
  /** length, header and its padding: the first tensor follows */
  readonly bytes: Uint8Array
  /** with offsets from the start of the file */
  readonly tensors: ReadonlyMap<string, SafetensorsPlan & { readonly offset: number }>
  readonly dataBytes: number
  readonly fileSize: number
}

/** The header of a safetensors file whose tensors lie one after the other, data aligned to 8 bytes. Equal arguments give equal bytes. */
export function encodeSafetensors(plans: readonly SafetensorsPlan[], metadata: Readonly<Record<string, string>>): SafetensorsFile {
  const header: Record<string, unknown> = { __metadata__: metadata }
  let next = 0
  const starts = new Map<string, number>()
  for (const { name, shape, type } of plans) {
    const end = next + byteLengthOf(type, elementsOf(shape))
    header[name] = { dtype: type, shape, data_offsets: [next, end] }
    starts.set(name, next)
    next = end
  }
  const json = Buffer.from(JSON.stringify(header))
  const padded = Math.ceil(json.length / 8) * 8
  const bytes = Buffer.alloc(8 + padded, 0x20)
  bytes.writeBigUInt64LE(BigInt(padded), 0)
  json.copy(bytes, 8)
  const tensors = new Map(plans.map((plan) => [plan.name, { ...plan, offset: bytes.length + (starts.get(plan.name) ?? 0) }]))
  return { bytes, tensors, dataBytes: next, fileSize: bytes.length + next }
}

/** Tensors in order, cut where the next one would exceed `most` bytes; a tensor larger than that has a file of its own. Named as Hugging Face names them. */
export function shardsOf(
  plans: readonly SafetensorsPlan[],
  most: number,
): { readonly name: string; readonly tensors: readonly SafetensorsPlan[] }[] {
  const shards: SafetensorsPlan[][] = [[]]
  let size = 0
  for (const plan of plans) {
    const bytes = byteLengthOf(plan.type, elementsOf(plan.shape))
    if (size > 0 && size + bytes > most) {
      shards.push([])
      size = 0
    }
    shards.at(-1)?.push(plan)
    size += bytes
  }
  const count = String(shards.length).padStart(5, '0')
  return shards.map((tensors, index) => ({
    name: shards.length === 1 ? 'model.safetensors' : `model-${String(index + 1).padStart(5, '0')}-of-${count}.safetensors`,
    tensors,
  }))
}
