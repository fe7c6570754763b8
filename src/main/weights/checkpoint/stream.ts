import { setImmediate } from 'node:timers/promises'
import { plainCodec } from '../convert/codec'
import type { OpenFile } from '../gguf/bytes/file-bytes'
import { byteLengthOf, type GgmlType } from '../gguf/types/ggml-type'
import { type SafetensorsType, safetensorsTypes } from '../safetensors/header'
import type { PlannedTensor, TensorFromFile } from './plan'

const chunkElements = 1 << 18

/** The bytes of one tensor of the result, a few rows at a time; between chunks the event loop has its turn. */
export async function* streamTensor(tensor: PlannedTensor, open: (path: string) => OpenFile): AsyncGenerator<Uint8Array> {
  if (!('source' in tensor)) {
    yield encode(tensor.numbers, tensor.type)
    return
  }
  const rowLength = tensor.shape[0] ?? 1
  const rows = tensor.shape.slice(1).reduce((product, size) => product * size, 1)
  const rowsAtOnce = Math.max(1, Math.floor(chunkElements / Math.max(1, rowLength)))
  const file = open(tensor.source.path)
  for (let row = 0; row < rows; row += rowsAtOnce) {
    yield encode(readRows(file, tensor, row, Math.min(rowsAtOnce, rows - row), rowLength), tensor.type)
    await setImmediate()
  }
}

/** Rows `first … first + count` of the result as float32 [count · rowLength]. */
function readRows(file: OpenFile, tensor: TensorFromFile, first: number, count: number, rowLength: number): Float32Array {
  const { source, sourceRow, plus = 0 } = tensor
  const rowBytes = rowLength * safetensorsTypes[source.type]
  if (!sourceRow) return decode(file.read(source.offset + first * rowBytes, count * rowBytes), source.type, plus)
  const rows = new Float32Array(count * rowLength)
  for (let row = 0; row < count; row += 1)
    rows.set(decode(file.read(source.offset + sourceRow(first + row) * rowBytes, rowBytes), source.type, plus), row * rowLength)
  return rows
}

function decode(bytes: Uint8Array, type: SafetensorsType, plus: number): Float32Array {
  if (type !== 'F32' && type !== 'F64' && type !== 'F16' && type !== 'BF16')
    throw new Error(`weights of the type ${type} are no real numbers`)
  const values = new Float32Array(bytes.length / safetensorsTypes[type])
  plainCodec.decode(type, bytes, values)
  if (plus !== 0) for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) + plus
  return values
}

function encode(values: Float32Array, type: GgmlType): Uint8Array {
  const bytes = new Uint8Array(byteLengthOf(type, values.length))
  plainCodec.encode(type, values, values.length, bytes)
  return bytes
}
