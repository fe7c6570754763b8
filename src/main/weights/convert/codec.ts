import { TributaryError } from '../../../shared/errors'
import type { GgmlType } from '../gguf/types/ggml-type'
import { decodeBF16, decodeF16, encodeBF16, encodeF16 } from './half'

/** Converts whole rows between a tensor type and float32. `bytes` are aligned to 8 and exactly as long as the values need. */
export interface Codec {
  canDecode(type: GgmlType): boolean
  canEncode(type: GgmlType): boolean
  decode(type: GgmlType, bytes: Uint8Array, into: Float32Array): void
  /**
   * `rowLength` divides the number of values; block formats are made row by row. `importance` [rowLength]: how much an error in each column counts;
   * plain types do not heed it
   */
  encode(type: GgmlType, values: Float32Array, rowLength: number, into: Uint8Array, importance?: Float32Array): void
}

/** F32, F16 and BF16, and F64 for reading: needs no native code. */
export const plainCodec: Codec = {
  canDecode: (type) => type === 'F32' || type === 'F16' || type === 'BF16' || type === 'F64',
  canEncode: (type) => type === 'F32' || type === 'F16' || type === 'BF16',
  decode(type, bytes, into) {
    if (type === 'F32') into.set(new Float32Array(bytes.buffer, bytes.byteOffset, into.length))
    else if (type === 'F64') into.set(new Float64Array(bytes.buffer, bytes.byteOffset, into.length))
    else if (type === 'F16') decodeF16(new Uint16Array(bytes.buffer, bytes.byteOffset, into.length), into)
    else if (type === 'BF16') decodeBF16(new Uint16Array(bytes.buffer, bytes.byteOffset, into.length), into)
    else throw cannot('read', type)
  },
  encode(type, values, _rowLength, into) {
    if (type === 'F32') new Float32Array(into.buffer, into.byteOffset, values.length).set(values)
    else if (type === 'F16') encodeF16(values, new Uint16Array(into.buffer, into.byteOffset, values.length))
    else if (type === 'BF16') encodeBF16(values, new Uint16Array(into.buffer, into.byteOffset, values.length))
    else throw cannot('write', type)
  },
}

/** Types that ggml quantizes. */
export const quantizable: readonly GgmlType[] = [
  'Q4_0',
  'Q4_1',
  'Q5_0',
  'Q5_1',
  'Q8_0',
  'Q2_K',
  'Q3_K',
  'Q4_K',
  'Q5_K',
  'Q6_K',
  'IQ4_NL',
  'IQ4_XS',
  'IQ3_S',
  'IQ3_XXS',
  'IQ2_S',
  'IQ2_XS',
  'IQ2_XXS',
  'IQ1_M',
  'IQ1_S',
  'TQ1_0',
  'TQ2_0',
  'MXFP4',
]

/** Below three bits a weight: without an importance matrix little is left of a model. */
export const wantsImportance = (type: string): boolean => /^IQ[12]_/.test(type)

/** What threads with ggml's conversions can write. */
export const withGgml: Pick<Codec, 'canEncode'> = { canEncode: (type) => plainCodec.canEncode(type) || quantizable.includes(type) }

/** The plain codec first, and `more` (ggml's own conversions) for what it lacks. */
export function withFallback(more: Codec): Codec {
  return {
    canDecode: (type) => plainCodec.canDecode(type) || more.canDecode(type),
    canEncode: (type) => plainCodec.canEncode(type) || more.canEncode(type),
    decode: (type, bytes, into) => (plainCodec.canDecode(type) ? plainCodec : more).decode(type, bytes, into),
    encode: (type, values, rowLength, into, importance) =>
      (plainCodec.canEncode(type) ? plainCodec : more).encode(type, values, rowLength, into, importance),
  }
}

export function cannot(verb: 'read' | 'write', type: string): TributaryError {
  return new TributaryError('model-unsupported', `Tensors of the type ${type} cannot be ${verb === 'read' ? 'read' : 'written'} here.`, {
    hint: verb === 'read' ? 'Use an F16, BF16 or Q8_0 file of the same model.' : 'Choose F16, BF16, F32 or Q8_0.',
  })
}
