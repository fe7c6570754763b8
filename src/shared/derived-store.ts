/** Bytes by a key that says what they were made of. What cannot be read or written is made anew: neither ever throws. */
export interface DerivedStore {
  read(key: string): Promise<Uint8Array | undefined>
  write(key: string, bytes: Uint8Array): Promise<void>
}
