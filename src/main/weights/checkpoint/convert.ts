import { type OpenFile, openBytes } from '../gguf/bytes/file-bytes'
import type { GgufHeader } from '../gguf/types/header'
import { writeGguf } from '../gguf/write/write-gguf'
import { type CheckpointFiles, planCheckpoint } from './open'
import { streamTensor } from './stream'

export interface Conversion {
  readonly files: CheckpointFiles
  readonly target: string
  readonly name: string
  readonly licence?: string | undefined
  readonly dtype: 'F16' | 'F32'
  /** SHA-256 of the weights, kept in the result */
  readonly sourceSha256: string
  readonly signal: AbortSignal
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/**
 * Turns a checkpoint of a known family into a GGUF at `target`, streaming. Equal files give equal bytes, so the result has a hash that a catalogue
 * can know. Throws `model-unsupported` for families, vocabularies or settings that we do not know, `model-corrupt` for damaged files.
 */
export async function convertCheckpoint(request: Conversion): Promise<GgufHeader> {
  const { plan } = await planCheckpoint(request)
  const open = new Map<string, OpenFile>()
  const opened = (path: string): OpenFile => {
    const file = open.get(path) ?? openBytes(path)
    open.set(path, file)
    return file
  }
  const tensors = plan.tensors.map((tensor) => ({
    name: tensor.name,
    shape: tensor.shape,
    type: tensor.type,
    bytes: () => streamTensor(tensor, opened),
  }))
  try {
    return await writeGguf(
      request.target,
      { metadata: plan.metadata, tensors },
      { signal: request.signal, ...(request.onProgress ? { onProgress: request.onProgress } : {}) },
    )
  } finally {
    for (const file of open.values()) file.close()
  }
}
