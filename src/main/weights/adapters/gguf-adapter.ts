import { memoryBytes } from '../gguf/bytes/byte-source'
import { corrupt } from '../gguf/errors/corrupt'
import { parseHeader } from '../gguf/parser/parse-header'
import { type GgufTensor, type GgufValue, numberOf, textOf } from '../gguf/types/header'
import { encodeHeader, type TensorPlan } from '../gguf/write/encode-header'
import { type AdaptedMatrix, type Adapter, floatsOf, turned } from './adapter'

/** llama.cpp looks up rows of `lora_a` by token here, so both arrays lie the other way. */
const embedding = 'token_embd.weight'

/**
 * Reads an adapter in GGUF, as llama.cpp's `convert_lora_to_gguf` writes it: `<matrix>.lora_a` [n_in × rank] and `.lora_b` [rank × n_out], and
 * `adapter.lora.alpha`; alpha over rank is worked into b. Throws `model-corrupt` or `file-format`, naming file and tensor.
 */
export function readGgufAdapter(bytes: Uint8Array, file: string): Adapter {
  const { metadata, tensors } = parseHeader(memoryBytes(bytes, file))
  if (textOf(metadata, 'adapter.type') !== 'lora' && textOf(metadata, 'general.type') !== 'adapter')
    throw corrupt(file, 'adapter.type', `is ${JSON.stringify(textOf(metadata, 'adapter.type') ?? 'nothing')}, not "lora"`)
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]))
  const alpha = numberOf(metadata, 'adapter.lora.alpha')
  const read = ({ name, type, offset, byteLength, elements }: GgufTensor): Float32Array<ArrayBuffer> =>
    floatsOf(bytes.subarray(offset, offset + byteLength), type, name, elements, file)
  const matrices = tensors.flatMap((first): AdaptedMatrix[] => {
    const matrix = /^(.+)\.lora_a$/.exec(first.name)?.[1]
    if (matrix === undefined) return []
    const second = byName.get(`${matrix}.lora_b`)
    const rank = first.shape[matrix === embedding ? 0 : 1] ?? 0
    if (!second || second.shape[0] !== rank || rank === 0)
      throw corrupt(file, `the matrix ${matrix}`, 'has a lora_a without a lora_b of its rank')
    const factor = (alpha ?? rank) / rank
    const [a, b] = matrix === embedding ? [turned(read(second), rank), read(first)] : [read(first), read(second)]
    return [{ matrix, rank, a, b: b.map((value) => factor * value) }]
  })
  if (matrices.length === 0) throw corrupt(file, 'the file', 'holds no adapted matrix')
  return { matrices, architecture: textOf(metadata, 'general.architecture') }
}

/** An adapter for llama.cpp, in F32. A file has one alpha for all its matrices, so all are brought to one rank with zeros; alpha is that rank. */
export function writeGgufAdapter({ matrices, architecture }: Adapter, name: string): Uint8Array<ArrayBuffer> {
  const rank = Math.max(1, ...matrices.map((one) => one.rank))
  const text = (value: string): GgufValue => ({ type: 'string', value })
  const metadata = new Map<string, GgufValue>([
    ['general.type', text('adapter')],
    ['general.architecture', text(architecture ?? 'llama')],
    ['general.name', text(name)],
    ['adapter.type', text('lora')],
    ['adapter.lora.alpha', { type: 'float32', value: rank }],
  ])
  const arrays = matrices.flatMap((one): { readonly plan: TensorPlan; readonly data: Float32Array }[] => {
    const { a, b } = widened(one, rank)
    const [width, outputs] = [a.length / rank, b.length / rank]
    const [first, second] =
      one.matrix === embedding
        ? [
            { shape: [rank, outputs], data: b },
            { shape: [rank, width], data: turned(a, width) },
          ]
        : [
            { shape: [width, rank], data: a },
            { shape: [rank, outputs], data: b },
          ]
    return [
      { plan: { name: `${one.matrix}.lora_a`, shape: first.shape, type: 'F32' }, data: first.data },
      { plan: { name: `${one.matrix}.lora_b`, shape: second.shape, type: 'F32' }, data: second.data },
    ]
  })
  const encoded = encodeHeader(
    metadata,
    arrays.map(({ plan }) => plan),
  )
  const file = new Uint8Array(encoded.fileSize)
  file.set(encoded.bytes)
  for (const [index, { data }] of arrays.entries())
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), encoded.tensors[index]?.offset ?? 0)
  return file
}

/** The same product at a higher rank: rows of zeros below a, columns of zeros right of b. */
function widened({ rank, a, b }: AdaptedMatrix, to: number): { readonly a: Float32Array; readonly b: Float32Array } {
  const wideA = new Float32Array((a.length / rank) * to)
  wideA.set(a)
  const wideB = new Float32Array((b.length / rank) * to)
  for (let row = 0; row < b.length / rank; row++) wideB.set(b.subarray(row * rank, (row + 1) * rank), row * to)
  return { a: wideA, b: wideB }
}
