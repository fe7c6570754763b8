import { addExactProduct } from '../../../shared/wasm/exact-products'

/** How the features of two networks are joined. */
export interface ZipOptions {
  /** factor on the likeness of a joined feature to others; 0: a joined feature is not joined again */
  readonly again: number
  /** share of the joins that may lie within one network */
  readonly within: number
}

/**
 * Groups 2n features (first those of one network, then the other's) into n, the likest pair first. Likeness [2n × 2n], symmetric. Joined features are
 * as like to others as the less like of the two, times `again`. Stoica et al. 2024, arXiv:2305.03053.
 */
export function zipFeatures(likeness: Float64Array, n: number, { again, within }: ZipOptions): number[][] {
  const count = 2 * n
  const like = Float64Array.from(likeness, (value, at) => (at % (count + 1) === 0 ? -Infinity : value))
  const groups: number[][] = Array.from({ length: count }, (_, i) => [i])
  const alive = Array.from({ length: count }, (_, i) => i)
  const left = [Math.floor((within * n) / 2), Math.floor((within * n) / 2)]
  const best = Array.from({ length: count }, (_, i) => bestOf(like, count, i, alive))
  for (let joins = 0; joins < n; joins++) {
    const i = alive.reduce((most, one) =>
      (like[one * count + (best[one] as number)] as number) > (like[most * count + (best[most] as number)] as number) ? one : most,
    )
    const j = best[i] as number
    const [a, b] = i < j ? [i, j] : [j, i]
    const network = sideOf(groups[a] as number[], n)
    groups[a] = [...(groups[a] as number[]), ...(groups[b] as number[])]
    alive.splice(alive.indexOf(b), 1)
    for (const other of alive) {
      if (other === a) continue
      const joined = Math.min(like[a * count + other] as number, like[b * count + other] as number)
      const value = again > 0 ? joined * again : -Infinity
      like[a * count + other] = value
      like[other * count + a] = value
    }
    if (network >= 0 && network === sideOf([b], n) && (left[network] as number) > 0) {
      left[network] = (left[network] as number) - 1
      if (left[network] === 0) forbidWithin(like, count, network, alive, groups, n)
    }
    for (const other of alive)
      if (other === a || best[other] === a || best[other] === b || left.includes(0)) best[other] = bestOf(like, count, other, alive)
  }
  return alive.map((index) => (groups[index] as number[]).toSorted((x, y) => x - y))
}

/** 0 or 1: all of that network; −1: of both. */
function sideOf(group: readonly number[], n: number): number {
  const first = group.some((index) => index < n)
  const second = group.some((index) => index >= n)
  return first && second ? -1 : first ? 0 : 1
}

function forbidWithin(
  like: Float64Array,
  count: number,
  network: number,
  alive: readonly number[],
  groups: readonly (readonly number[])[],
  n: number,
): void {
  const own = alive.filter((index) => sideOf(groups[index] as number[], n) === network)
  for (const a of own) for (const b of own) like[a * count + b] = -Infinity
}

/** The likest other feature; the lowest index where several are, or the first other one where none is allowed. */
function bestOf(like: Float64Array, count: number, index: number, alive: readonly number[]): number {
  let best = alive[0] === index ? (alive[1] as number) : (alive[0] as number)
  for (const other of alive)
    if (other !== index && (like[index * count + other] as number) > (like[index * count + best] as number)) best = other
  return best
}

/** Pearson correlations of the columns of a and b side by side. a, b [rows × n] → [2n × 2n]; a column that never moves is like nothing. */
export function correlations(a: Float32Array, b: Float32Array, n: number): Float64Array {
  const rows = Math.min(a.length, b.length) / n
  const count = 2 * n
  const columns = new Float64Array(count * rows)
  for (const [network, values] of [a, b].entries())
    for (let i = 0; i < n; i++) columns.set(centred(values, i, n, rows), (network * n + i) * rows)
  const result = new Float64Array(count * count)
  addExactProduct(
    { values: columns, row: rows, column: 1 },
    { values: columns, row: 1, column: rows },
    { values: result, row: count, column: 1 },
    { rows: count, depth: rows, columns: count, upper: true },
  )
  for (let i = 0; i < count; i++) for (let j = i; j < count; j++) result[j * count + i] = result[i * count + j] as number
  return result
}

/** One column less its mean, of length 1. */
function centred(values: Float32Array, column: number, n: number, rows: number): Float64Array {
  const x = Float64Array.from({ length: rows }, (_, r) => values[r * n + column] as number)
  const mean = x.reduce((sum, value) => sum + value, 0) / Math.max(1, rows)
  let length = 0
  for (let r = 0; r < rows; r++) {
    x[r] = (x[r] as number) - mean
    length += (x[r] as number) ** 2
  }
  return length > 0 ? x.map((value) => value / Math.sqrt(length)) : x.fill(0)
}
