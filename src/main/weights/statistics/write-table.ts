import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Blobs } from '../../node-runtime'
import { encodeTableHeader, type TableEntry, type TableNotes } from './table'

/** An array of a table that is made when its turn comes to be written. */
export interface WrittenEntry extends Omit<TableEntry, 'data'> {
  readonly data: Float32Array | (() => Promise<Float32Array>)
}

/** A table in a file, one array after the other: none but the one in hand is in memory. The same bytes as `encodeTable` gives. */
export async function writeTable(path: string, entries: readonly WrittenEntry[], notes: TableNotes = {}): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.writeFile(encodeTableHeader(entries, notes))
    for (const { data } of entries) {
      const { buffer, byteOffset, byteLength } = typeof data === 'function' ? await data() : data
      await file.writeFile(new Uint8Array(buffer, byteOffset, byteLength))
    }
  } finally {
    await file.close()
  }
}

/** Numbers of a file of float32, from a byte on. */
export async function readFloats(path: string, at: number, length: number): Promise<Float32Array<ArrayBuffer>> {
  const file = await open(path, 'r')
  try {
    const values = new Float32Array(length)
    const bytes = new Uint8Array(values.buffer)
    for (let read = 0; read < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, read, bytes.length - read, at + read)
      if (bytesRead === 0) throw new Error('the file of numbers is shorter than it should be')
      read += bytesRead
    }
    return values
  } finally {
    await file.close()
  }
}

/** A blob that is written as a file, of about so many bytes; where blobs have no files, by way of one that goes away. */
export async function fillBlob(blobs: Blobs, bytes: number, write: (path: string) => Promise<void>): Promise<string> {
  if (blobs.fill) return blobs.fill(bytes, write)
  const folder = await mkdtemp(join(tmpdir(), 'tributary-'))
  try {
    await write(join(folder, 'blob'))
    return await blobs.put(await readFile(join(folder, 'blob')))
  } finally {
    await rm(folder, { recursive: true })
  }
}
