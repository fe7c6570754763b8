/** out[map[v]] += factor · weights[v], for tokens that have a place in `out` (map[v] ≥ 0). */
export function scatter(weights: Float32Array, map: Int32Array, factor: number, out: Float32Array): void {
  for (let v = 0; v < map.length; v++) {
    const target = map[v] as number
    if (target >= 0) out[target] = (out[target] as number) + factor * (weights[v] as number)
  }
}
