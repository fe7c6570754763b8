import { join } from 'node:path'
import { openBytes } from '../gguf/bytes/file-bytes'
import { readGgufHeader } from '../gguf/read-header'
import type { GgufMetadata, GgufTensor, GgufValue } from '../gguf/types/header'
import { writeGguf } from '../gguf/write/write-gguf'

/** Which tensors go into which part. */
export type Shares = (tensors: readonly GgufTensor[]) => readonly (readonly GgufTensor[])[]

/** Seven tensors, and the rest. */
export const inTwo: Shares = (tensors) => [tensors.slice(0, 7), tensors.slice(7)]

/** A model in several files, as llama.cpp's gguf-split leaves them: what is said of it in the first alone. The paths of the parts, in order. */
export async function splitGguf(path: string, folder: string, name: string, shares: Shares = inTwo): Promise<string[]> {
  const { metadata, tensors } = await readGgufHeader(path)
  const parts = shares(tensors)
  const file = openBytes(path)
  const number = (type: 'uint16' | 'int32', value: number): GgufValue => ({ type, value })
  const paths: string[] = []
  for (const [index, part] of parts.entries()) {
    const own: GgufMetadata = new Map<string, GgufValue>([
      ...(index === 0 ? metadata : []),
      ['split.no', number('uint16', index)],
      ['split.tensors.count', number('int32', parts.flat().length)],
      ['split.count', number('uint16', parts.length)],
    ])
    const written = part.map(({ name, shape, type, offset, byteLength }) => ({
      name,
      shape,
      type,
      bytes: () => [file.read(offset, byteLength)],
    }))
    const target = join(folder, `${name}-${fiveDigits(index + 1)}-of-${fiveDigits(parts.length)}.gguf`)
    await writeGguf(target, { metadata: own, tensors: written }, { expect: 'any' })
    paths.push(target)
  }
  file.close()
  return paths
}

const fiveDigits = (number: number): string => String(number).padStart(5, '0')
