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

/** Whether these are the bytes of a GGUF, by its first four. */
export const isGguf = (bytes: Uint8Array): boolean => bytes[0] === 0x47 && bytes[1] === 0x47 && bytes[2] === 0x55 && bytes[3] === 0x46
