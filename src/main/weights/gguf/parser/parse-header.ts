import type { ByteSource } from '../bytes/byte-source'
import { notAModelFile } from '../errors/corrupt'
import { type GgufHeader, type GgufMetadata, type GgufTensor, numberOf } from '../types/header'
import { Cursor } from './cursor'
import { limits } from './limits'
import { parseMetadata } from './parse-metadata'
import { leastTensorBytes, parseTensors } from './parse-tensors'

/** What every GGUF must hold, whatever it is for. Throws `file-format` for other files, `model-corrupt` for a broken one. `skimsLists`: long lists get their length and empty items. */
export function parseHeader(source: ByteSource, skimsLists = false): GgufHeader {
  const head = source.read(0, Math.min(8, source.size))
  if (head[0] !== 0x47 || head[1] !== 0x47 || head[2] !== 0x55 || head[3] !== 0x46) throw notAModelFile(source.name, head)
  const cursor = new Cursor(source)
  cursor.uint32('the magic number')
  const version = parseVersion(cursor)
  const tensorCount = cursor.count('the tensor count', limits.tensors)
  const keyCount = cursor.count('the key count', limits.keys)
  cursor.expect(tensorCount, leastTensorBytes, 'the tensor count')
  cursor.expect(keyCount, 8 + 1 + 4 + 1, 'the key count')
  const metadata = parseMetadata(cursor, keyCount, skimsLists)
  const listed = parseTensors(cursor, tensorCount)
  const alignment = alignmentOf(cursor, metadata)
  const dataOffset = roundUp(cursor.position, alignment)
  const tensors = place(cursor, listed, dataOffset, alignment, source.size)
  return { version, metadata, tensors, alignment, dataOffset, fileSize: source.size }
}

function parseVersion(cursor: Cursor): 2 | 3 {
  const version = cursor.uint32('the version')
  return version === 2 || version === 3 ? version : cursor.fail('the version', `is ${version}; 2 and 3 are known`)
}

function alignmentOf(cursor: Cursor, metadata: GgufMetadata): number {
  const stated = metadata.get('general.alignment')
  if (stated === undefined) return 32
  const alignment = numberOf(metadata, 'general.alignment') ?? 0
  const isPowerOfTwo =
    Number.isInteger(alignment) && alignment >= 1 && alignment <= limits.alignment && Number.isInteger(Math.log2(alignment))
  return stated.type === 'uint32' && isPowerOfTwo ? alignment : cursor.fail('the key general.alignment', 'is not a power of two')
}

/** Offsets must be those that a writer makes: one tensor after the other, each aligned. So nothing overlaps and nothing hides between. */
function place(cursor: Cursor, listed: readonly GgufTensor[], dataOffset: number, alignment: number, fileSize: number): GgufTensor[] {
  let expected = 0
  return listed.map((tensor) => {
    if (tensor.offset !== expected) cursor.fail(`the offset of the tensor ${tensor.name}`, `is ${tensor.offset}, not ${expected}`)
    const offset = dataOffset + tensor.offset
    if (offset + tensor.byteLength > fileSize) cursor.fail(`the tensor ${tensor.name}`, 'reaches beyond the end of the file')
    expected = roundUp(tensor.offset + tensor.byteLength, alignment)
    return { ...tensor, offset }
  })
}

export const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple
