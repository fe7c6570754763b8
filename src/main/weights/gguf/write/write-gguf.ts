import { basename } from 'node:path'
import { TributaryError } from '../../../../shared/errors'
import { openBytes } from '../bytes/file-bytes'
import { readGgufHeader } from '../read-header'
import type { GgufHeader, GgufMetadata } from '../types/header'
import { type EncodedHeader, encodeHeader, type TensorPlan } from './encode-header'
import { openPart } from './part-file'

/** A tensor to be written. `bytes` is asked for once, when its turn comes; the chunks together must be exactly as long as shape and type say. */
export interface TensorToWrite extends TensorPlan {
  bytes(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>
}

export interface GgufToWrite {
  readonly metadata: GgufMetadata
  readonly tensors: readonly TensorToWrite[]
}

export interface WriteOptions {
  readonly signal?: AbortSignal
  /** bytes written so far, of all */
  readonly onProgress?: (done: number, total: number) => void
  /** what the finished file must pass before it gets its name; see `readGgufHeader` */
  readonly expect?: 'model' | 'any'
}

/**
 * Writes a GGUF version 3 file: one tensor after the other, aligned, with a few chunks in memory. It stands as `path.part` until it is whole,
 * synced and read back; a failure or an abort leaves nothing. Throws `disk-full` (before a byte is written where it can be known), `model-corrupt`
 * when the result does not pass the reader, and the signal's reason when aborted.
 */
export async function writeGguf(path: string, file: GgufToWrite, options: WriteOptions = {}): Promise<GgufHeader> {
  const encoded = encodeHeader(file.metadata, file.tensors)
  const part = openPart(path, encoded.fileSize)
  try {
    part.write(encoded.bytes, 0)
    for (const [index, tensor] of file.tensors.entries()) {
      const place = encoded.tensors[index] ?? fail(tensor.name)
      let written = 0
      for await (const chunk of tensor.bytes()) {
        options.signal?.throwIfAborted()
        if (written + chunk.length > place.byteLength) fail(tensor.name)
        part.write(chunk, place.offset + written)
        written += chunk.length
        options.onProgress?.(place.offset + written, encoded.fileSize)
      }
      if (written !== place.byteLength) fail(tensor.name)
    }
    await part.finish((partPath) => validateWritten(partPath, encoded, options.expect))
    return await readGgufHeader(path, options)
  } catch (error) {
    part.discard()
    throw error
  }
}

/** The header that stands in the file, byte for byte, and as the careful reader sees it; anything but what was meant is refused. */
export async function validateWritten(partPath: string, meant: EncodedHeader, expect: 'model' | 'any' = 'model'): Promise<void> {
  const file = openBytes(partPath)
  const written = file.read(0, Math.min(meant.bytes.length, file.size))
  file.close()
  const header = await readGgufHeader(partPath, { expect, skimsLists: true })
  const same =
    Buffer.compare(written, meant.bytes) === 0 &&
    header.tensors.every((tensor, index) => {
      const plan = meant.tensors[index]
      return (
        tensor.name === plan?.name && tensor.offset === plan.offset && tensor.byteLength === plan.byteLength && tensor.type === plan.type
      )
    })
  if (!same || header.tensors.length !== meant.tensors.length || header.fileSize !== meant.fileSize)
    throw new TributaryError('model-corrupt', `${basename(partPath)} did not come out as it was meant; it was not kept.`)
}

function fail(tensor: string): never {
  throw new Error(`the bytes given for ${tensor} are not as long as its shape and type say`)
}
