import { mostModels } from './vector/arithmetic-source'
import { vectorLoops, wholeVectors } from './vector/loops'
import { isVector } from './vector/memory'

/** Whether `combineHalves` can tell sums of this many BF16 inputs of this length, where they lie in vector memory. */
export const canCombineHalves = (models: number, length: number): boolean =>
  models > 0 && models <= mostModels && length === wholeVectors(length) && vectorLoops() !== undefined

/**
 * out = Σ factors[i]·inputs[i], or base + Σ factors[i]·(inputs[i] − base), of BF16 as 16-bit words [n] each, in vector memory; `out` may not be an input. The
 * bits are those of decoding, `subtract`, `combineLinear`, `add` and encoding. Gives whether every sum is a number (before it is rounded to BF16); undefined,
 * and nothing done, where the arrays lie outside vector memory or `canCombineHalves` refuses.
 */
export function combineHalves(
  inputs: readonly Uint16Array[],
  factors: readonly number[],
  out: Uint16Array,
  base: Uint16Array | undefined = undefined,
): boolean | undefined {
  const [first] = inputs
  const isReached = [...inputs, ...(base ? [base] : [])].every((input) => isVector(input, out))
  if (first === undefined || !isReached || !canCombineHalves(inputs.length, out.length)) return undefined
  if (out.length === 0) return true
  const name = base ? 'sumHalfChanges' : inputs.length <= 2 && factors.every(isExact) ? 'sumHalvesNarrow' : 'sumHalves'
  const addresses = [...(base ? [base] : []), ...inputs].map((input) => input.byteOffset)
  return vectorLoops()?.[`${name}${inputs.length}`]?.(first.byteOffset + 2 * out.length, out.byteOffset, ...addresses, ...factors) === 0
}

/** out = a − b of BF16 as 16-bit words, [n] each: the bits of decoding both and `subtract`. False, and nothing done, outside vector memory or whole vectors. */
export function changeOfHalves(a: Uint16Array, b: Uint16Array, out: Float32Array): boolean {
  const loops = vectorLoops()
  if (loops === undefined || !isVector(a, b) || !isVector(out) || out.length !== wholeVectors(out.length)) return false
  if (out.length > 0) loops.changeOfHalves(a.byteOffset, a.byteOffset + 2 * out.length, b.byteOffset, out.byteOffset)
  return true
}

/** Powers of two from 2⁻¹⁶ to 1: their products with BF16 are exact in float32, so a sum of two is rounded once there too. */
const isExact = (factor: number): boolean => {
  const size = Math.abs(factor)
  return size <= 1 && size >= 2 ** -16 && Number.isInteger(Math.log2(size))
}
