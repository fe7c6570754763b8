import { statSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { TokenEmbeddings } from './decoding/source'
import { lazyGgmlCodec } from './ggml-codec'
import { withFallback } from './weights/convert/codec'
import { openBytes } from './weights/gguf/bytes/file-bytes'
import type { PlacedTensor } from './weights/gguf/read-model'
import { byteLengthOf } from './weights/gguf/types/ggml-type'

const codec = withFallback(lazyGgmlCodec())

/** The table of input embeddings of a model whose header is checked; undefined where it has none, or one of an unknown kind. */
export function embeddingsOf(tensors: readonly PlacedTensor[]): TokenEmbeddings | undefined {
  const table = tensors.find(({ name, shape }) => name === 'token_embd.weight' && shape.length === 2)
  if (table === undefined || !codec.canDecode(table.type)) return undefined
  const { path } = table
  const [width, rows] = table.shape as [number, number]
  const rowBytes = byteLengthOf(table.type, width)
  const { size, mtimeMs } = statSync(path)
  const read = (from: number, into: Float32Array): void => {
    const count = into.length / width
    if (!Number.isInteger(count) || from < 0 || from + count > rows) throw new RangeError(`no rows ${from} to ${from + count} of ${rows}`)
    const file = openBytes(path) // for each reading: nothing to close later, and the pages are in memory anyway
    try {
      codec.decode(table.type, file.read(table.offset + from * rowBytes, count * rowBytes), into)
    } finally {
      file.close()
    }
  }
  return {
    key: `${path} ${size} ${mtimeMs}`,
    width,
    rows,
    read,
    async readSoon(from, into) {
      await setImmediate()
      read(from, into)
    },
  }
}
