import { softmax } from './matrix'
import type { LlamaShape } from './shape'

/** Turns pairs (2i, 2i + 1) of each head by position · base^(−2i / width), in place; `direction` −1 turns back. values [T × heads·width] */
export function rotate(values: Float32Array, heads: number, { headWidth, ropeBase }: LlamaShape, direction: 1 | -1): void {
  const row = heads * headWidth
  for (let at = 0; at < values.length; at += 2) {
    const position = Math.floor(at / row)
    const angle = direction * position * ropeBase ** -((at % headWidth) / headWidth)
    const [sin, cos] = [Math.sin(angle), Math.cos(angle)]
    const [x, y] = [values[at] as number, values[at + 1] as number]
    values[at] = x * cos - y * sin
    values[at + 1] = x * sin + y * cos
  }
}

/** What attention keeps for the way back. */
export interface Attended {
  readonly q: Float32Array
  readonly k: Float32Array
  readonly v: Float32Array
  /** [heads × T × T] */
  readonly shares: Float32Array
  /** [T × heads·width] */
  readonly out: Float32Array
}

/** Causal attention with grouped keys and values. q [T × heads·w], k, v [T × keyHeads·w], rotated already. */
export function attend(q: Float32Array, k: Float32Array, v: Float32Array, shape: LlamaShape): Attended {
  const { heads, keyHeads, headWidth: w } = shape
  const rows = q.length / (heads * w)
  const shares = new Float32Array(heads * rows * rows)
  const out = new Float32Array(q.length)
  const scale = 1 / Math.sqrt(w)
  for (let h = 0; h < heads; h++) {
    const group = Math.floor((h * keyHeads) / heads)
    for (let t = 0; t < rows; t++) {
      const at = t * heads * w + h * w
      const row = shares.subarray((h * rows + t) * rows, (h * rows + t) * rows + t + 1)
      for (let s = 0; s <= t; s++) row[s] = scale * dot(q, at, k, s * keyHeads * w + group * w, w)
      softmax(row)
      for (let s = 0; s <= t; s++) addScaled(out, at, v, s * keyHeads * w + group * w, w, row[s] as number)
    }
  }
  return { q, k, v, shares, out }
}

/** Slopes of q, k and v from those of `out`. */
export function attendBack(
  { q, k, v, shares }: Attended,
  slope: Float32Array,
  shape: LlamaShape,
): { dq: Float32Array; dk: Float32Array; dv: Float32Array } {
  const { heads, keyHeads, headWidth: w } = shape
  const rows = q.length / (heads * w)
  const [dq, dk, dv] = [new Float32Array(q.length), new Float32Array(k.length), new Float32Array(v.length)]
  const scale = 1 / Math.sqrt(w)
  const inner = new Float64Array(rows)
  for (let h = 0; h < heads; h++) {
    const group = Math.floor((h * keyHeads) / heads)
    for (let t = 0; t < rows; t++) {
      const at = t * heads * w + h * w
      const row = shares.subarray((h * rows + t) * rows, (h * rows + t) * rows + t + 1)
      let mean = 0
      for (let s = 0; s <= t; s++) {
        const place = s * keyHeads * w + group * w
        addScaled(dv, place, slope, at, w, row[s] as number)
        inner[s] = dot(slope, at, v, place, w)
        mean += (row[s] as number) * (inner[s] as number)
      }
      for (let s = 0; s <= t; s++) {
        const place = s * keyHeads * w + group * w
        const ds = scale * (row[s] as number) * ((inner[s] as number) - mean)
        addScaled(dq, at, k, place, w, ds)
        addScaled(dk, place, q, at, w, ds)
      }
    }
  }
  return { dq, dk, dv }
}

function dot(a: Float32Array, i: number, b: Float32Array, j: number, n: number): number {
  let sum = 0
  for (let c = 0; c < n; c++) sum += (a[i + c] as number) * (b[j + c] as number)
  return sum
}

function addScaled(to: Float32Array, i: number, from: Float32Array, j: number, n: number, factor: number): void {
  for (let c = 0; c < n; c++) to[i + c] = (to[i + c] as number) + factor * (from[j + c] as number)
}
