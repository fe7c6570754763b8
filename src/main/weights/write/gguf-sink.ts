import type { Codec } from '../convert/codec'
import type { Compiled } from '../engine/compile'
import { outputMetadata, outputTensors, type Provenance } from '../engine/output'
import { encodeHeader } from '../gguf/write/encode-header'
import { openPart } from '../gguf/write/part-file'
import { validateWritten } from '../gguf/write/write-gguf'
import type { Sink } from './sink'

/** One GGUF at `path`. With `resume` a part file of the same size is gone on with. */
export function ggufSink(
  path: string,
  compiled: Compiled,
  dtype: string,
  from: Provenance,
  codec: Pick<Codec, 'canEncode'>,
): (resume: boolean) => Sink {
  const tensors = outputTensors(compiled, dtype, codec)
  const encoded = encodeHeader(outputMetadata(compiled.metadata, dtype, from), tensors)
  return (resume) => {
    const part = openPart(path, encoded.fileSize, { resume })
    part.write(encoded.bytes, 0)
    const placed = encoded.tensors
    return {
      places: placed.map(({ offset, byteLength, type }, index) => ({
        path: part.path,
        offset,
        byteLength,
        type,
        copy: tensors[index]?.copy === true,
      })),
      files: [{ part: part.path, path, sizeBytes: encoded.fileSize }],
      sizeBytes: encoded.fileSize,
      resumed: part.resumed,
      write: (tensor, bytes, at) => part.write(bytes, (placed[tensor]?.offset ?? 0) + at),
      sync: () => part.sync(),
      readBack: async () => void (await validateWritten(part.path, encoded)),
      finish: () => part.finish(async () => undefined),
      discard: () => part.discard(),
    }
  }
}
