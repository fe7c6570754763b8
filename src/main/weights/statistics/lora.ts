import { plainCodec } from '../convert/codec'
import { memoryBytes } from '../gguf/bytes/byte-source'
import { corrupt } from '../gguf/errors/corrupt'
import { parseHeader } from '../gguf/parser/parse-header'
import { type GgufTensor, numberOf, textOf } from '../gguf/types/header'
import type { TableEntry } from './table'

/** A low-rank adapter: for each matrix B·A, with the factor alpha / rank worked into B. */
export interface Adapter {
  readonly entries: readonly TableEntry[]
  readonly matrices: number
  readonly architecture: string | undefined
}

/**
 * Reads an adapter in GGUF, as llama.cpp's `convert_lora_to_gguf` writes it: `<matrix>.lora_a` [n_in × rank] and `.lora_b` [rank × n_out], and
 * `adapter.lora.alpha`. Throws `model-corrupt` or `file-format`, naming file and tensor.
 */
export function readAdapter(bytes: Uint8Array, file: string): Adapter {
  const { metadata, tensors } = parseHeader(memoryBytes(bytes, file))
  if (textOf(metadata, 'adapter.type') !== 'lora' && textOf(metadata, 'general.type') !== 'adapter')
    throw corrupt(file, 'adapter.type', `is ${JSON.stringify(textOf(metadata, 'adapter.type') ?? 'nothing')}, not "lora"`)
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]))
  const alpha = numberOf(metadata, 'adapter.lora.alpha')
  const entries = tensors.flatMap((a): TableEntry[] => {
    const matrix = /^(.+)\.lora_a$/.exec(a.name)?.[1]
    if (matrix === undefined) return []
    const b = byName.get(`${matrix}.lora_b`)
    const [width = 0, rank = 0] = a.shape
    if (!b || b.shape[0] !== rank || rank === 0) throw corrupt(file, `the matrix ${matrix}`, 'has a lora_a without a lora_b of its rank')
    const factor = (alpha ?? rank) / rank
    const down = floatsOf(bytes, a, file)
    return [
      { matrix, quantity: 'loraA', shape: [rank, width], data: down },
      { matrix, quantity: 'loraB', shape: [b.elements / rank, rank], data: floatsOf(bytes, b, file).map((value) => factor * value) },
    ]
  })
  if (entries.length === 0) throw corrupt(file, 'the file', 'holds no adapted matrix')
  return { entries, matrices: entries.length / 2, architecture: textOf(metadata, 'general.architecture') }
}

function floatsOf(bytes: Uint8Array, { name, type, offset, byteLength, elements }: GgufTensor, file: string): Float32Array<ArrayBuffer> {
  if (!plainCodec.canDecode(type)) throw corrupt(file, `the tensor ${name}`, `is of the type ${type}; F32, F16 or BF16 is needed`)
  const values = new Float32Array(elements)
  plainCodec.decode(type, bytes.slice(offset, offset + byteLength), values)
  if (values.some((value) => !Number.isFinite(value))) throw corrupt(file, `the tensor ${name}`, 'has values that are not numbers')
  return values
}
