import { roundUp } from '../parser/parse-header'
import { byteLengthOf, type GgmlType, ggmlTypes } from '../types/ggml-type'
import { type GgufMetadata, type GgufScalar, type GgufTensor, type GgufValue, type GgufValueType, scalarTypes } from '../types/header'

/** A tensor to be written: its place in the file follows from the order of the list. */
export interface TensorPlan {
  readonly name: string
  readonly shape: readonly number[]
  readonly type: GgmlType
}

export interface EncodedHeader {
  /** header and padding: the first tensor follows */
  readonly bytes: Uint8Array
  /** with absolute offsets */
  readonly tensors: readonly GgufTensor[]
  readonly fileSize: number
}

export const defaultAlignment = 32

/** The header of a version 3 file whose tensors lie one after the other. Equal arguments give equal bytes: metadata keeps the order of the map. */
export function encodeHeader(metadata: GgufMetadata, plans: readonly TensorPlan[]): EncodedHeader {
  const alignment = Math.max(1, Number(metadata.get('general.alignment')?.value ?? defaultAlignment)) || defaultAlignment
  const parts = new Parts()
  parts.uint32(0x46554747)
  parts.uint32(3)
  parts.uint64(plans.length)
  parts.uint64(metadata.size)
  for (const [key, value] of metadata) {
    parts.text(key)
    parts.uint32(scalarTypes.indexOf(value.type))
    if (value.type !== 'array') parts.scalar(value.type, value.value)
    else {
      parts.uint32(scalarTypes.indexOf(value.items))
      parts.uint64(value.value.length)
      const known = ahead.get(value)
      if (known) parts.append(known)
      else for (const item of value.value) parts.scalar(value.items, item)
    }
  }
  let next = 0
  const placed = plans.map(({ name, shape, type }) => {
    const elements = shape.reduce((product, size) => product * size, 1)
    const tensor = { name, shape, type, elements, offset: next, byteLength: byteLengthOf(type, elements) }
    next = roundUp(next + tensor.byteLength, alignment)
    parts.tensor(tensor)
    return tensor
  })
  const start = roundUp(parts.length, alignment)
  const tensors = placed.map((tensor) => ({ ...tensor, offset: start + tensor.offset }))
  return { bytes: parts.join(start), tensors, fileSize: start + next }
}

const ahead = new WeakMap<GgufValue, Uint8Array>()

/** Encodes the lists of a header whose other values are not known yet: a vocabulary takes some ten milliseconds, which a later `encodeHeader` then spares. */
export function encodeListsAhead(metadata: GgufMetadata): void {
  for (const value of metadata.values()) {
    if (value.type !== 'array' || ahead.has(value)) continue
    const parts = new Parts()
    for (const item of value.value) parts.scalar(value.items, item)
    ahead.set(value, parts.join(parts.length))
  }
}

/** Grows by doubling; little-endian throughout. */
class Parts {
  length = 0
  private bytes = Buffer.alloc(64 * 2 ** 10)
  private view = new DataView(this.bytes.buffer, this.bytes.byteOffset)

  private reserve(count: number): number {
    const at = this.length
    this.length += count
    if (this.length > this.bytes.length) {
      const larger = Buffer.alloc(Math.max(this.length, this.bytes.length * 2))
      this.bytes.copy(larger)
      this.bytes = larger
      this.view = new DataView(larger.buffer, larger.byteOffset)
    }
    return at
  }

  uint32(value: number): void {
    const at = this.reserve(4)
    this.view.setUint32(at, value, true)
  }

  uint64(value: number | bigint): void {
    const at = this.reserve(8)
    if (typeof value === 'bigint') this.view.setBigUint64(at, value, true)
    else {
      this.view.setUint32(at, value % 2 ** 32, true)
      this.view.setUint32(at + 4, Math.floor(value / 2 ** 32), true)
    }
  }

  text(value: string): void {
    const length = Buffer.byteLength(value)
    this.uint64(length)
    const at = this.reserve(length)
    this.bytes.write(value, at, 'utf8')
  }

  tensor({ name, shape, type, offset }: GgufTensor): void {
    this.text(name)
    this.uint32(shape.length)
    for (const size of shape) this.uint64(size)
    this.uint32(ggmlTypes[type].id)
    this.uint64(offset)
  }

  scalar(type: Exclude<GgufValueType, 'array'>, value: GgufScalar): void {
    if (type === 'string') this.text(value as string)
    else if (type === 'bool') this.number('uint8', value ? 1 : 0)
    else if (type === 'uint64') this.uint64(value as number | bigint)
    else if (type === 'int64') this.uint64(BigInt.asUintN(64, BigInt(value as number | bigint)))
    else this.number(type, value as number)
  }

  private number(type: 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32' | 'float64', value: number): void {
    const size = { uint8: 1, int8: 1, uint16: 2, int16: 2, uint32: 4, int32: 4, float32: 4, float64: 8 }[type]
    const at = this.reserve(size)
    const { view } = this
    if (type === 'float32') view.setFloat32(at, value, true)
    else if (type === 'float64') view.setFloat64(at, value, true)
    else if (type === 'uint8') view.setUint8(at, value)
    else if (type === 'int8') view.setInt8(at, value)
    else if (type === 'uint16') view.setUint16(at, value, true)
    else if (type === 'int16') view.setInt16(at, value, true)
    else if (type === 'uint32') view.setUint32(at, value, true)
    else view.setInt32(at, value, true)
  }

  append(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length)
    this.bytes.set(bytes, at)
  }

  join(size: number): Uint8Array {
    const whole = new Uint8Array(size)
    whole.set(this.bytes.subarray(0, this.length))
    return whole
  }
}
