import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { TributaryError } from '../../../shared/errors'
import { type OpenFile, openBytes } from '../gguf/bytes/file-bytes'
import { parseSafetensors, type SafetensorsTensor } from './header'

/** A tensor and the file that holds it. */
export interface PlacedTensor extends SafetensorsTensor {
  readonly path: string
}

export interface SafetensorsModel {
  readonly tensors: readonly PlacedTensor[]
  readonly metadata: Readonly<Record<string, string>>
  readonly files: readonly string[]
}

const shardIndex = z.object({ weight_map: z.record(z.string(), z.string()) })
const indexBytes = 32 * 2 ** 20

/**
 * Opens one `.safetensors` file, or a sharded model by its `….safetensors.index.json`. Shards are plain names beside the index: a path in it is refused.
 * Throws `file-format`, `file-unreadable` or `model-corrupt`, naming file and tensor.
 */
export function openSafetensors(path: string): SafetensorsModel {
  return path.endsWith('.index.json') ? openShards(path) : openOne(path)
}

function openOne(path: string): SafetensorsModel {
  const file = openBytes(path)
  try {
    const { tensors, metadata } = parseSafetensors(file)
    return { tensors: tensors.map((tensor) => ({ ...tensor, path })), metadata, files: [path] }
  } finally {
    file.close()
  }
}

function openShards(path: string): SafetensorsModel {
  const name = basename(path)
  const fail = (what: string): never => {
    throw new TributaryError('model-corrupt', `${name} ${what}.`, { place: { file: name }, details: { field: 'weight_map' } })
  }
  if (!existsSync(path)) throw new TributaryError('file-unreadable', `${name} cannot be opened.`, { place: { file: name } })
  if (statSync(path).size > indexBytes) fail('is too large for an index of shards')
  const map = parseIndex(path, fail)
  const shards = [...new Set(map.values())].sort()
  if (shards.length > 4096) fail('names too many shards')
  const opened = shards.map((shard) => {
    if (!/^[\w.-]+\.safetensors$/.test(shard) || shard.startsWith('.') || basename(shard) !== shard)
      fail(`names the shard ${JSON.stringify(shard)}, which is no plain file name`)
    return openOne(join(dirname(path), shard))
  })
  const tensors = opened.flatMap((shard) => shard.tensors)
  const found = new Map(tensors.map((tensor) => [tensor.name, tensor]))
  if (found.size !== tensors.length) fail('has a tensor in two shards')
  for (const [tensor, shard] of map) {
    const at = found.get(tensor)
    if (at === undefined || basename(at.path) !== shard) fail(`promises the tensor ${tensor} in ${shard}, where it is not`)
  }
  return { tensors, metadata: opened[0]?.metadata ?? {}, files: opened.flatMap(({ files }) => files) }
}

function parseIndex(path: string, fail: (what: string) => never): Map<string, string> {
  try {
    return new Map(Object.entries(shardIndex.parse(JSON.parse(readFileSync(path, 'utf8'))).weight_map))
  } catch {
    return fail('is not an index of shards')
  }
}

/** Reads all of one tensor; for small ones. Large ones are read by ranges with `openBytes`. */
export function readTensor(file: OpenFile, tensor: SafetensorsTensor): Uint8Array {
  return file.read(tensor.offset, tensor.byteLength)
}
