import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { TributaryError } from '../../../shared/errors'
import type { CheckpointExport } from '../checkpoint/export'
import { byteLengthOf } from '../gguf/types/ggml-type'
import { canResume, openPart, type PartFile, requireSpace, syncFolder, writeWhole } from '../gguf/write/part-file'
import { elementsOf } from '../place'
import { openSafetensors } from '../safetensors/open'
import { encodeSafetensors, type SafetensorsFile, shardsOf } from '../safetensors/write'
import type { Sink, SinkPlace } from './sink'

/**
 * The folder of a checkpoint at `path`: weights in one file, or in shards of at most `shardBytes` with their index, and the JSON files beside them.
 * It stands as `path.part` until it is whole and read back.
 */
export function safetensorsSink(
  path: string,
  planned: CheckpointExport,
  metadata: Readonly<Record<string, string>>,
  shardBytes: number,
): (resume: boolean) => Sink {
  const shards = shardsOf(planned.tensors, shardBytes)
  const files = shards.map(({ name, tensors }, index) => ({
    name,
    tensors,
    file: encodeSafetensors(tensors, { format: 'pt', ...(index === 0 ? metadata : {}) }),
  }))
  const sizeBytes = files.reduce((sum, { file }) => sum + file.fileSize, 0)
  const folder = `${path}.part`
  return (asked) => {
    // a kill while the shards got their names leaves some without a part file: then all is done again
    const resume = asked && files.every(({ name, file }) => canResume(join(folder, name), file.fileSize))
    if (!resume) {
      rmSync(folder, { recursive: true, force: true })
      requireSpace(path, sizeBytes)
    }
    mkdirSync(folder, { recursive: true })
    const parts = files.map(({ name, file }) => openPart(join(folder, name), file.fileSize, { resume }))
    for (const [index, { file }] of files.entries()) parts[index]?.write(file.bytes, 0)
    const places = planned.tensors.map(({ name }): SinkPlace & { readonly part: PartFile } => placeOf(name, files, parts))
    return {
      places,
      files: files.map(({ name, file }, index) => ({
        part: parts[index]?.path ?? '',
        path: join(path, name),
        sizeBytes: file.fileSize,
      })),
      sizeBytes,
      resumed: resume,
      write: (tensor, bytes, at) => places[tensor]?.part.write(bytes, (places[tensor]?.offset ?? 0) + at),
      async sync() {
        for (const part of parts) await part.sync()
      },
      async finish() {
        for (const part of parts) await part.finish(async () => undefined)
        for (const [name, bytes] of planned.files) writeWhole(join(folder, name), bytes)
        const index = shards.length > 1 ? indexOf(files) : undefined
        if (index) writeWhole(join(folder, indexName), index)
        const written = openSafetensors(join(folder, index ? indexName : (shards[0]?.name ?? '')))
        if (written.tensors.length !== planned.tensors.length)
          throw new TributaryError('model-corrupt', `${basename(path)} did not come out as it was meant; it was not kept.`)
        syncFolder(folder)
        putInPlace(folder, path)
      },
      discard() {
        for (const part of parts) part.discard()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  }
}

export const indexName = 'model.safetensors.index.json'

/** The file that stands for a checkpoint: its index of shards, or its only file. */
export const weightsIn = (folder: string): string =>
  existsSync(join(folder, indexName)) ? join(folder, indexName) : join(folder, 'model.safetensors')

interface Shard {
  readonly name: string
  readonly file: SafetensorsFile
}

function placeOf(name: string, files: readonly Shard[], parts: readonly PartFile[]): SinkPlace & { readonly part: PartFile } {
  for (const [index, { file }] of files.entries()) {
    const tensor = file.tensors.get(name)
    const part = parts[index]
    if (tensor === undefined || part === undefined) continue
    return {
      path: part.path,
      offset: tensor.offset,
      byteLength: byteLengthOf(tensor.type, elementsOf(tensor.shape)),
      type: tensor.type,
      copy: false,
      part,
    }
  }
  throw new Error(`no shard holds ${name}`)
}

function indexOf(files: readonly Shard[]): Uint8Array {
  const weights = files.flatMap(({ name, file }) => [...file.tensors.keys()].map((tensor) => [tensor, name] as const))
  const size = files.reduce((sum, { file }) => sum + file.dataBytes, 0)
  return Buffer.from(
    `${JSON.stringify({ metadata: { total_size: size }, weight_map: Object.fromEntries(weights.sort(([a], [b]) => (a < b ? -1 : 1))) }, null, 2)}\n`,
  )
}

/** A folder of that name gives way only when the new one is whole. */
function putInPlace(folder: string, path: string): void {
  const former = `${path}.former`
  rmSync(former, { recursive: true, force: true })
  if (existsSync(path)) renameSync(path, former)
  renameSync(folder, path)
  syncFolder(dirname(path))
  rmSync(former, { recursive: true, force: true })
}
