import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { TributaryError } from '../../../shared/errors'
import { readGgufHeader } from '../gguf/read-header'
import { type GgufMetadata, type GgufTensor, numberOf } from '../gguf/types/header'

/** A model file (or the parts of a split one), its header read and checked; no tensor is read yet. */
export interface Source {
  readonly metadata: GgufMetadata
  readonly tensors: readonly (GgufTensor & { readonly path: string })[]
}

export async function openSource(path: string): Promise<Source> {
  const header = await readGgufHeader(path)
  const parts = numberOf(header.metadata, 'split.count') ?? 1
  if (parts <= 1) return { metadata: header.metadata, tensors: header.tensors.map((tensor) => ({ ...tensor, path })) }
  const tensors: (GgufTensor & { readonly path: string })[] = []
  for (const part of partPaths(path, parts)) {
    const { tensors: here } = await readGgufHeader(part, { expect: 'any' })
    tensors.push(...here.map((tensor) => ({ ...tensor, path: part })))
  }
  const metadata = new Map([...header.metadata].filter(([key]) => !key.startsWith('split.')))
  return { metadata, tensors }
}

/** `…-00001-of-0000N.gguf` and its siblings. */
function partPaths(path: string, count: number): string[] {
  const name = basename(path)
  const stem = /^(.*)-\d{5}-of-(\d{5})\.gguf$/.exec(name)
  if (!stem || Number(stem[2]) !== count)
    throw new TributaryError('model-corrupt', `${name} says it is one of ${count} parts, but its name does not.`, { place: { file: name } })
  return Array.from({ length: count }, (_, index) => {
    const part = `${stem[1]}-${String(index + 1).padStart(5, '0')}-of-${stem[2]}.gguf`
    if (!existsSync(join(dirname(path), part)))
      throw new TributaryError('model-missing', `The part ${part} is missing beside ${name}.`, { place: { file: part } })
    return join(dirname(path), part)
  })
}
