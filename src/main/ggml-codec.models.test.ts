import { expect, it } from 'vitest'
import { lazyGgmlCodec } from './ggml-codec'
import { byteLengthOf } from './weights/gguf/types/ggml-type'
import { randomOf } from './weights/search/search'

/** The coarsest types; ggml takes seconds to make their tables, once a process. Errors on normal numbers, measured, and a tenth more. */
it.each([
  ['IQ2_S', 0.3],
  ['IQ2_XS', 0.33],
  ['IQ1_M', 0.64],
  ['IQ1_S', 0.54],
] as const)('%s comes back within its rounding, without an importance matrix too', { timeout: 120_000 }, (type, most) => {
  const codec = lazyGgmlCodec()
  const { normal } = randomOf(4)
  const values = Float32Array.from({ length: 512 * 6 }, () => 0.02 * normal())
  const bytes = new Uint8Array(byteLengthOf(type, values.length))
  codec.encode(type, values, 512, bytes)
  const back = new Float32Array(values.length)
  codec.decode(type, bytes, back)
  const square = (numbers: Float32Array): number => numbers.reduce((sum, value) => sum + value * value, 0)
  expect(Math.sqrt(square(back.map((value, i) => value - (values[i] ?? 0))) / square(values))).toBeLessThan(most)
})
