import type { ModelRef } from '../../../shared/value'
import { isCheckpoint } from '../checkpoint/open'
import { bitsPerWeight, isInteger } from '../gguf/types/ggml-type'
import { isConstant } from './compatible'
import type { Compiler } from './compile'
import { openSource } from './source'

/** A model file as a node; a checkpoint's rows are brought into the order of a GGUF by a second one. */
export async function addLoad(on: Compiler, model: ModelRef): Promise<number> {
  const { path } = await on.resolve(model)
  const source = on.sources.get(path) ?? (await openSource(path))
  on.sources.set(path, source)
  on.models.set(model.id, model)
  on.origins.set(model.id, source.metadata)
  for (const { path: file } of source.tensors) on.derived.learn(file, model.id)
  const tensors = source.tensors.map(({ name, shape, type }) => ({
    name,
    shape,
    ...(isInteger(type) || isConstant(name) ? { copied: true as const } : {}),
  }))
  const places = source.tensors.map(({ path: file, offset, type, byteLength, numbers, plus }) => ({
    path: file,
    offset,
    type,
    byteLength,
    ...(numbers ? { numbers } : {}),
    ...(plus ? { plus } : {}),
  }))
  const matrices = source.tensors.filter(({ type, shape }) => !isInteger(type) && shape.length > 1).map(({ type }) => type)
  const coarsest = matrices.reduce((least, type) => (bitsPerWeight(type) < bitsPerWeight(least) ? type : least), matrices[0] ?? 'F32')
  const family = { name: model.name, metadata: source.metadata, coarsest, ...(isCheckpoint(path) ? { checkpoint: path } : {}) }
  const loaded = on.push({ op: 'load', kind: 'model', tensors, places }, family)
  if (!source.tensors.some(({ rows }) => rows)) return loaded
  // a checkpoint keeps the rows of some matrices in another order
  const orders = source.tensors.map(({ rows, shape }) =>
    rows ? ({ axis: shape.length > 1 ? 'rows' : 'columns', order: rows } as const) : null,
  )
  return on.push({ op: 'permute', kind: 'model', tensors, of: { node: loaded, tensors: tensors.map((_, index) => index) }, orders }, family)
}
