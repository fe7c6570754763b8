import { type GgufScalar, type GgufValue, type GgufValueType, scalarTypes } from '../types/header'
import type { Cursor } from './cursor'
import { limits } from './limits'

type ItemType = Exclude<GgufValueType, 'array'>

/** Fewest bytes that one value can take: the guard against a count that the file cannot hold. */
const leastBytes: Record<ItemType, number> = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
  bool: 1,
  string: 8,
  uint64: 8,
  int64: 8,
  float64: 8,
}

/** Longer than any list of numbers by layer, which are looked at. */
const shortList = 4096

export function parseMetadata(cursor: Cursor, count: number, skimsLists = false): Map<string, GgufValue> {
  const metadata = new Map<string, GgufValue>()
  for (let index = 0; index < count; index++) {
    const key = cursor.text(`the name of key ${index}`, limits.keyBytes)
    if (!/^[\x20-\x7e]+$/.test(key)) cursor.fail(`the name of key ${index}`, 'is empty or not printable')
    if (metadata.has(key)) cursor.fail(`the key ${key}`, 'occurs twice')
    metadata.set(key, parseValue(cursor, `the key ${key}`, skimsLists))
  }
  return metadata
}

function parseValue(cursor: Cursor, field: string, skimsLists: boolean): GgufValue {
  const type = parseType(cursor, field)
  if (type !== 'array') return { type, value: parseScalar(cursor, type, field) }
  const items = parseType(cursor, field)
  if (items === 'array') return cursor.fail(field, 'is an array of arrays')
  const length = cursor.count(`the length of ${field}`, limits.arrayItems)
  cursor.expect(length, leastBytes[items], field)
  if (skimsLists && length > shortList) {
    if (items === 'string') cursor.passTexts(length, field, limits.stringBytes)
    else cursor.take(length * leastBytes[items], field)
    return { type, items, value: new Array<GgufScalar>(length).fill(items === 'string' ? '' : 0) }
  }
  const value: GgufScalar[] = []
  for (let index = 0; index < length; index++) value.push(parseScalar(cursor, items, field))
  return { type, items, value }
}

function parseType(cursor: Cursor, field: string): GgufValueType {
  const id = cursor.uint32(`the type of ${field}`)
  return scalarTypes[id] ?? cursor.fail(`the type of ${field}`, `is ${id}, which is unknown`)
}

function parseScalar(cursor: Cursor, type: ItemType, field: string): GgufScalar {
  if (type === 'string') return cursor.text(field, limits.stringBytes)
  const { bytes, at } = cursor.take(leastBytes[type], field)
  switch (type) {
    case 'uint8':
      return bytes.readUInt8(at)
    case 'int8':
      return bytes.readInt8(at)
    case 'uint16':
      return bytes.readUInt16LE(at)
    case 'int16':
      return bytes.readInt16LE(at)
    case 'uint32':
      return bytes.readUInt32LE(at)
    case 'int32':
      return bytes.readInt32LE(at)
    case 'float32':
      return bytes.readFloatLE(at)
    case 'float64':
      return bytes.readDoubleLE(at)
    case 'uint64':
      return safe(bytes.readBigUInt64LE(at))
    case 'int64':
      return safe(bytes.readBigInt64LE(at))
    case 'bool':
      return bytes.readUInt8(at) <= 1 ? bytes.readUInt8(at) === 1 : cursor.fail(field, 'is neither true nor false')
    default:
      return type satisfies never
  }
}

const safe = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value)
