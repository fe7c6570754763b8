import { embeddingsOf } from './host-embeddings'
import type { InspectFile } from './llama/model-store'
import { readGgufHeader } from './weights/gguf/read-header'
import { numberOf, textOf } from './weights/gguf/types/header'
import { vocabularyFingerprint } from './weights/gguf/vocabulary'

const floatTypes: ReadonlySet<string> = new Set(['F32', 'F16', 'BF16'])

/** Our own bounded reader looks at every file before llama.cpp does. Throws `model-corrupt`, `file-format`, `file-unreadable`. */
export const inspectModelFile: InspectFile = async (path) => {
  const { metadata, tensors } = await readGgufHeader(path)
  const architecture = textOf(metadata, 'general.architecture') ?? ''
  return {
    architecture,
    fingerprint: vocabularyFingerprint(metadata) ?? '',
    layers: numberOf(metadata, `${architecture}.block_count`) ?? 1,
    hasFloatWeights: tensors.some(({ shape, type }) => shape.length > 1 && floatTypes.has(type)),
    embeddings: embeddingsOf(path, tensors),
  }
}
