/** z' = z − U·ReLU(D·z), for rows of n: `down` D [hidden × n], `up` U [n × hidden]. Yang et al. 2024, arXiv:2402.02705. */
export interface BentMap {
  readonly hidden: number
  readonly down: Float32Array
  readonly up: Float32Array
}

/** The row of n that begins at `at`, corrected. */
export function bend(map: BentMap, z: Float32Array, at: number, n: number): Float64Array {
  const inside = insideOf(map, z, at, n)
  return Float64Array.from({ length: n }, (_, i) => {
    let value = z[at + i] as number
    for (const [h, x] of inside.entries()) value -= (map.up[i * map.hidden + h] as number) * Math.max(0, x)
    return value
  })
}

/** D·z. */
export function insideOf({ hidden, down }: BentMap, z: Float32Array, at: number, n: number): Float64Array {
  return Float64Array.from({ length: hidden }, (_, h) => {
    let sum = 0
    for (let i = 0; i < n; i++) sum += (down[h * n + i] as number) * (z[at + i] as number)
    return sum
  })
}
