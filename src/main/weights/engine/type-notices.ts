import { wantsImportance } from '../convert/codec'
import { ggmlTypes, isGgmlType } from '../gguf/types/ggml-type'
import type { OutputTensor } from './output'

/** What a person should know of the type that a result is written in. */
export function typeNotices(tensors: readonly OutputTensor[], dtype: string, hasImportance: boolean): string[] {
  if (!isGgmlType(dtype)) return []
  const { block } = ggmlTypes[dtype]
  const matrices = tensors.filter(({ copy, shape }) => !copy && shape.length > 1)
  const wide = matrices.filter(({ shape }) => (shape[0] ?? 1) % block !== 0)
  return [
    ...(wide.length > 0
      ? [`${wide.length} of ${matrices.length} matrices become F16: their rows are no multiple of ${block}, as ${dtype} wants them.`]
      : []),
    ...(wantsImportance(dtype) && !hasImportance
      ? [`${dtype} without an importance matrix leaves little of a model: wire Calibrate or Import importance matrix to importance.`]
      : []),
  ]
}
