import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { WeightsExpression } from '../../../shared/expression'
import type { ModelRef } from '../../../shared/value'
import { plainCodec } from '../convert/codec'
import { openBytes } from '../gguf/bytes/file-bytes'
import { readGgufHeader } from '../gguf/read-header'

/** The toys, named by file instead of by hash: enough for tests of the weights room. */
export const toyRef = (name: string): ModelRef => ({ backend: 'llama-cpp', id: `toy:${name}`, name })
export const toy = (name: string): WeightsExpression => ({ op: 'load', model: toyRef(name) })
export const resolveToy = async (ref: ModelRef): Promise<{ path: string }> => ({ path: resolve('resources/toys', `${ref.name}.gguf`) })

export const merge = (
  method: string,
  models: readonly WeightsExpression[],
  more: { base?: WeightsExpression; params?: Record<string, number | boolean | string>; each?: Record<string, number>; seed?: number } = {},
): WeightsExpression => ({
  op: 'merge',
  method,
  ...(more.base ? { base: more.base } : {}),
  models: models.map((weights) => ({ weights, params: more.each ?? {} })),
  params: more.params ?? {},
  seed: more.seed ?? 0,
})

export const sha256Of = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

/** One tensor of a file in F32, F16 or BF16. */
export async function tensorOf(path: string, name: string): Promise<Float32Array> {
  const header = await readGgufHeader(path)
  const tensor = header.tensors.find((one) => one.name === name)
  if (!tensor) throw new Error(`no tensor ${name}`)
  const file = openBytes(path)
  const values = new Float32Array(tensor.elements)
  plainCodec.decode(tensor.type, Uint8Array.from(file.read(tensor.offset, tensor.byteLength)), values)
  file.close()
  return values
}
