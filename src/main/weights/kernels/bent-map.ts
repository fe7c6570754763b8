import { type BentMap, bend, insideOf } from '../../../shared/bent-map'
import { randomOf } from '../search/search'

export interface BentAsked {
  /** 16 in the paper */
  readonly hidden: number
  readonly steps: number
  readonly seed: number
}

/** Rows of one step, and Adam's numbers, as published. */
const batch = 16
const [rate, fade, fadeSquare, tiny] = [1e-3, 0.9, 0.999, 1e-8]

/**
 * The module of representation surgery: least mean |z' − e| over rows of features z and of an expert's e, by Adam, from D as Kaiming draws it and U = 0, which does
 * nothing. Gives the best of what it passed through, judged on all rows, so never worse than nothing. Yields on the way, so that a caller may do other things. Yang et al. 2024, arXiv:2402.02705.
 */
export function* fitBend(z: Float32Array, e: Float32Array, n: number, { hidden, steps, seed }: BentAsked): Generator<undefined, BentMap> {
  const rows = Math.min(z.length, e.length) / n
  const { uniform } = randomOf(seed)
  const bound = 1 / Math.sqrt(n)
  const down = Float32Array.from({ length: hidden * n }, () => bound * (2 * uniform() - 1))
  const up = new Float32Array(n * hidden)
  const parts = [new Adam(down), new Adam(up)] as const
  let best: BentMap = { hidden, down: down.slice(), up: up.slice() }
  let least = meanMiss(z, e, n, best)
  for (let step = 1; step <= steps && rows > 0; step++) {
    const slopes = [new Float64Array(down.length), new Float64Array(up.length)] as const
    for (let i = 0; i < batch; i++) addSlopes({ hidden, down, up }, z, e, n, Math.floor(uniform() * rows), slopes)
    for (const [p, part] of parts.entries()) part.step(slopes[p as 0 | 1], step)
    yield
    if (step % 50 > 0 && step < steps) continue
    const miss = meanMiss(z, e, n, { hidden, down, up })
    if (miss < least) [least, best] = [miss, { hidden, down: down.slice(), up: up.slice() }]
  }
  return best
}

/** Mean |z' − e| over rows and channels. */
export function meanMiss(z: Float32Array, e: Float32Array, n: number, map: BentMap): number {
  const rows = Math.min(z.length, e.length) / n
  let sum = 0
  for (let r = 0; r < rows; r++) {
    const bent = bend(map, z, r * n, n)
    for (let i = 0; i < n; i++) sum += Math.abs((bent[i] as number) - (e[r * n + i] as number))
  }
  return sum / Math.max(1, rows * n)
}

/** Of Σ |z' − e| of one row. */
function addSlopes(
  map: BentMap,
  z: Float32Array,
  e: Float32Array,
  n: number,
  row: number,
  [down, up]: readonly [Float64Array, Float64Array],
): void {
  const { hidden } = map
  const at = row * n
  const inside = insideOf(map, z, at, n)
  const bent = bend(map, z, at, n)
  const back = new Float64Array(hidden)
  for (let i = 0; i < n; i++) {
    const side = Math.sign((bent[i] as number) - (e[at + i] as number))
    for (let h = 0; h < hidden; h++) {
      if ((inside[h] as number) <= 0) continue
      up[i * hidden + h] = (up[i * hidden + h] as number) - side * (inside[h] as number)
      back[h] = (back[h] as number) - side * (map.up[i * hidden + h] as number)
    }
  }
  for (let h = 0; h < hidden; h++)
    for (let i = 0; i < n && back[h] !== 0; i++) down[h * n + i] = (down[h * n + i] as number) + (back[h] as number) * (z[at + i] as number)
}

class Adam {
  readonly #mean: Float64Array
  readonly #square: Float64Array

  constructor(private readonly values: Float32Array) {
    this.#mean = new Float64Array(values.length)
    this.#square = new Float64Array(values.length)
  }

  step(slopes: Float64Array, count: number): void {
    for (let i = 0; i < slopes.length; i++) {
      const slope = slopes[i] as number
      const mean = fade * (this.#mean[i] as number) + (1 - fade) * slope
      const square = fadeSquare * (this.#square[i] as number) + (1 - fadeSquare) * slope * slope
      this.#mean[i] = mean
      this.#square[i] = square
      const move = mean / (1 - fade ** count) / (Math.sqrt(square / (1 - fadeSquare ** count)) + tiny)
      this.values[i] = (this.values[i] as number) - rate * move
    }
  }
}
