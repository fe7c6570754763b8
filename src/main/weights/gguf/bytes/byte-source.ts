/** Random access to bytes of known length. `read` returns exactly `length` bytes or throws; nobody asks past `size`. */
export interface ByteSource {
  /** base name, for sentences */
  readonly name: string
  readonly size: number
  read(offset: number, length: number): Uint8Array
}

export function memoryBytes(bytes: Uint8Array, name = 'memory'): ByteSource {
  return { name, size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) }
}
