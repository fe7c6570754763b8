import { createHash } from 'node:crypto'

/**
 * Philox4x32-10, a counter-based generator: the draw of element i follows from (seed, model, tensor, i) alone, so no order, chunk size or
 * number of threads can change it. Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
 */
export type PhiloxKey = readonly [low: number, high: number]

export function philox4x32(counter: readonly [number, number, number, number], key: PhiloxKey): [number, number, number, number] {
  let [a, b, c, d] = counter
  let [k0, k1] = key
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(0xd2511f53, a)
    const low0 = Math.imul(0xd2511f53, a)
    const high1 = mulHigh(0xcd9e8d57, c)
    const low1 = Math.imul(0xcd9e8d57, c)
    a = high1 ^ b ^ k0
    b = low1
    c = high0 ^ d ^ k1
    d = low0
    k0 = (k0 + 0x9e3779b9) | 0
    k1 = (k1 + 0xbb67ae85) | 0
  }
  return [a >>> 0, b >>> 0, c >>> 0, d >>> 0]
}

/** Upper 32 bits of the unsigned product, by halves. */
function mulHigh(x: number, y: number): number {
  const xl = x & 0xffff
  const xh = x >>> 16
  const yl = y & 0xffff
  const yh = y >>> 16
  const middle = xh * yl + ((xl * yl) >>> 16)
  const cross = xl * yh + (middle & 0xffff)
  return (xh * yh + Math.floor(middle / 65_536) + Math.floor(cross / 65_536)) | 0
}

/** The key of one model's tensor: both named, the seed folded in. */
export function philoxKey(seed: number, model: string, tensor: string): PhiloxKey {
  const digest = createHash('sha256').update(`${model}\0${tensor}`).digest()
  const high = Math.floor(seed / 2 ** 32)
  return [(digest.readUInt32LE(0) ^ seed) >>> 0, (digest.readUInt32LE(4) ^ high) >>> 0]
}

/** Uniform draws in [0, 1) for the elements `start … start + into.length − 1`; `role` keeps independent streams apart (0: masks). */
export function drawUniform(key: PhiloxKey, start: number, into: Float32Array, role = 0): void {
  let block = -1
  let words: readonly number[] = []
  for (let i = 0; i < into.length; i++) {
    const index = start + i
    const wanted = Math.floor(index / 4)
    if (wanted !== block) {
      block = wanted
      words = philox4x32([block >>> 0, Math.floor(block / 2 ** 32), role, 0], key)
    }
    into[i] = ((words[index % 4] as number) >>> 8) * 2 ** -24
  }
}
