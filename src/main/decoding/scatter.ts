import { kernel } from './kernel/index'

/** Where the tokens of one vocabulary go in another. A map that leaves most tokens where they are is kept as its exceptions. */
export type Moves = { readonly map: Int32Array } | { readonly exceptions: readonly { readonly from: number; readonly to: number }[] }

/** map: token → place, −1 for none. */
export function movesOf(map: Int32Array): Moves {
  const exceptions: { from: number; to: number }[] = []
  map.forEach((to, from) => {
    if (to !== from) exceptions.push({ from, to })
  })
  return exceptions.length < map.length / 8 ? { exceptions } : { map }
}

/** out[place of v] += factor · weights[v] for every token that has a place. `weights` may be changed. */
export function spread(weights: Float32Array, moves: Moves, factor: number, out: Float32Array): void {
  if ('map' in moves) {
    scatter(weights, moves.map, factor, out)
    return
  }
  const moved = moves.exceptions.map(({ from }) => weights[from] as number)
  for (const { from } of moves.exceptions) weights[from] = 0
  moves.exceptions.forEach(({ to }, i) => {
    if (to >= 0) out[to] = (out[to] as number) + factor * (moved[i] as number)
  })
  kernel.accumulate(weights, factor, out)
}

/** out[map[v]] += factor · weights[v], for tokens that have a place in `out` (map[v] ≥ 0). */
export function scatter(weights: Float32Array, map: Int32Array, factor: number, out: Float32Array): void {
  for (let v = 0; v < map.length; v++) {
    const target = map[v] as number
    if (target >= 0) out[target] = (out[target] as number) + factor * (weights[v] as number)
  }
}
