import { TributaryError } from '../../../shared/errors'
import type { GgmlType } from '../gguf/types/ggml-type'
import { anyAtLeast } from '../kernels/bit-counts'

/** bits of the least magnitude that is no number, and of the least that F16 rounds to infinity: 65,520 */
const infinityBits = 0x7f800000
const largestF16Bits = 0x477ff000

export const holdsNoNumbers = (values: Float32Array): boolean => anyAtLeast(values, infinityBits)

/** NaN or infinity in a tensor that something is to be made out of. */
export function requireNumbers(values: Float32Array, tensor: string): void {
  if (!holdsNoNumbers(values)) return
  throw new TributaryError('weights-not-finite', `The tensor ${tensor} holds values that are not numbers.`, {
    hint: 'The model is damaged: get its file again.',
    details: { card: 'E_NONFINITE' },
  })
}

/** A result that holds NaN or infinity. */
export const notFinite = (tensor: string): TributaryError =>
  new TributaryError('weights-not-finite', `The tensor ${tensor} would hold values that are not numbers.`, {
    hint: 'One of the models is damaged, or a setting is far too large. With a base, Drop what does not fit leaves such a tensor unchanged.',
    details: { card: 'E_NONFINITE' },
  })

/** NaN or infinity in a tensor, or a value that the output type cannot hold, stops the merge by name. */
export function requireFinite(values: Float32Array, tensor: string, type: GgmlType): void {
  if (holdsNoNumbers(values)) throw notFinite(tensor)
  if (type === 'F16' && anyAtLeast(values, largestF16Bits))
    throw new TributaryError('weights-not-finite', `The tensor ${tensor} has values beyond what F16 can hold.`, {
      hint: 'Choose BF16 or F32.',
      details: { card: 'E_NONFINITE' },
    })
}
