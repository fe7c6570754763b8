import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { plainCodec } from '../convert/codec'
import type { GgmlType } from '../gguf/types/ggml-type'
import type { GgufValue } from '../gguf/types/header'
import { encodeHeader } from '../gguf/write/encode-header'

export interface MadeTensor {
  readonly name: string
  /** innermost first */
  readonly shape: readonly number[]
  readonly type: GgmlType
  readonly values: ArrayLike<number>
}

/** A small GGUF of just these tensors, in a folder of its own; `metadata` is added to the least that a model needs. */
export function writeTensorFile(
  tensors: readonly MadeTensor[],
  metadata: Readonly<Record<string, GgufValue>> = {},
): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'tensor-file-'))
  const uint = (value: number): GgufValue => ({ type: 'uint32', value })
  const all = new Map<string, GgufValue>([
    ['general.architecture', { type: 'string', value: 'llama' }],
    ['llama.block_count', uint(1)],
    ['llama.embedding_length', uint(4)],
    ['llama.context_length', uint(16)],
    ['llama.attention.head_count', uint(1)],
    ...Object.entries(metadata),
  ])
  const encoded = encodeHeader(
    all,
    tensors.map(({ name, shape, type }) => ({ name, shape, type })),
  )
  const file = new Uint8Array(encoded.fileSize)
  file.set(encoded.bytes)
  for (const [index, { offset, byteLength, type }] of encoded.tensors.entries()) {
    const bytes = new Uint8Array(byteLength)
    plainCodec.encode(type, Float32Array.from(tensors[index]?.values ?? []), tensors[index]?.shape[0] ?? 1, bytes)
    file.set(bytes, offset)
  }
  const path = join(folder, 'made.gguf')
  writeFileSync(path, file)
  return { path, remove: () => rmSync(folder, { recursive: true }) }
}
