import { basename } from 'node:path'
import { TributaryError } from '../../../shared/errors'
import { corrupt } from './errors/corrupt'
import { checkModel } from './parser/check-model'
import { requireParts } from './parts'
import { readGgufHeader } from './read-header'
import { type GgufHeader, type GgufMetadata, type GgufTensor, numberOf } from './types/header'

/** A tensor and the file in which it lies. */
export interface PlacedTensor extends GgufTensor {
  readonly path: string
}

export interface GgufModel {
  /** of a model in parts: that of the first, without what it says of the parts */
  readonly metadata: GgufMetadata
  readonly tensors: readonly PlacedTensor[]
  /** bytes of all its files */
  readonly sizeBytes: number
}

/**
 * The checked header of a model in one GGUF file or in several, by the path of any of them. Throws what `readGgufHeader` throws, `model-missing` naming
 * parts that are not there, `file-format` for a part under another's name, `model-corrupt` for parts that make no whole model.
 */
export async function readGgufModel(path: string): Promise<GgufModel> {
  const parts: { path: string; header: GgufHeader }[] = []
  const paths = requireParts(path)
  // only together are they a model
  for (const [index, part] of paths.entries()) {
    const header = await readGgufHeader(part, { expect: 'any' })
    checkPlace(header, part, index, paths.length)
    parts.push({ path: part, header })
  }
  const tensors = parts.flatMap(({ path, header }) => header.tensors.map((tensor) => ({ ...tensor, path })))
  const said = parts[0]?.header.metadata ?? new Map()
  const metadata = new Map([...said].filter(([key]) => !key.startsWith('split.')))
  const name = basename(paths[0])
  checkUnion(tensors, numberOf(said, 'split.tensors.count'), name)
  checkModel({ metadata, tensors }, name)
  return { metadata, tensors, sizeBytes: parts.reduce((sum, { header }) => sum + header.fileSize, 0) }
}

/** A part says which it is; its name must say the same, or parts were mixed up. */
function checkPlace({ metadata }: GgufHeader, path: string, index: number, count: number): void {
  const ofParts = numberOf(metadata, 'split.count') ?? 1
  const number = (numberOf(metadata, 'split.no') ?? 0) + 1
  if (ofParts === count && number === index + 1) return
  const says = ofParts > 1 ? `part ${number} of ${ofParts}` : 'a whole model'
  throw new TributaryError('file-format', `${basename(path)} says that it is ${says}, but its name does not.`, {
    hint:
      ofParts > 1
        ? 'Give each part its own name back (NAME-00001-of-00002.gguf and so on), and put all into one folder.'
        : 'Give it a name without the numbers of a part.',
    place: { file: basename(path) },
  })
}

function checkUnion(tensors: readonly GgufTensor[], promised: number | undefined, file: string): void {
  if (promised !== undefined && promised !== tensors.length)
    throw corrupt(file, 'the key split.tensors.count', `says ${promised}, but its parts hold ${tensors.length} tensors`)
  const names = new Set<string>()
  for (const { name } of tensors) {
    if (names.has(name)) throw corrupt(file, `the tensor ${name}`, 'stands in two of its parts')
    names.add(name)
  }
}
