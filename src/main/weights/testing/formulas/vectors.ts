/** The plainest arithmetic over vectors, in which formulas are written out once more to hold methods to them. Tensors are vectors: their rows one after the other. */
export type Vector = readonly number[]

export const at = (vector: Vector, i: number): number => vector[i] ?? Number.NaN
export const map = (like: Vector, value: (i: number) => number): Vector => like.map((_, i) => value(i))
export const sum = (values: Vector): number => values.reduce((total, value) => total + value, 0)
export const dot = (a: Vector, b: Vector): number => sum(map(a, (i) => at(a, i) * at(b, i)))
export const norm = (a: Vector): number => Math.sqrt(dot(a, a))
export const times = (factor: number, a: Vector): Vector => a.map((value) => factor * value)
export const plus = (...vectors: readonly Vector[]): Vector => map(vectors[0] ?? [], (i) => sum(vectors.map((vector) => at(vector, i))))
export const less = (a: Vector, b: Vector): Vector => plus(a, times(-1, b))
export const mean = (values: Vector): number => sum(values) / values.length
export const weighted = (weights: Vector, vectors: readonly Vector[]): Vector =>
  plus(...vectors.map((vector, k) => times(at(weights, k), vector)))
export const angle = (a: Vector, b: Vector): number => Math.acos(dot(a, b) / (norm(a) * norm(b)))
export const arc = (t: number, a: Vector, b: Vector): Vector => {
  const omega = angle(a, b)
  return plus(times(Math.sin((1 - t) * omega) / Math.sin(omega), a), times(Math.sin(t * omega) / Math.sin(omega), b))
}
/** how many of the entries are larger in magnitude */
export const rank = (a: Vector, i: number): number => a.filter((value) => Math.abs(value) > Math.abs(at(a, i))).length
export const largest = (density: number, a: Vector): Vector => map(a, (i) => (rank(a, i) < Math.round(density * a.length) ? at(a, i) : 0))
/** without the largest `gamma`, then the largest of the rest until `density` is left */
export const middle = (gamma: number, density: number, a: Vector): Vector => {
  const [without, left] = [Math.round(gamma * a.length), Math.round(density * a.length)]
  return map(a, (i) => (rank(a, i) >= without && rank(a, i) < without + left ? at(a, i) : 0))
}
/** Σ w_i [sign τ̂_i = s] τ̂_i / Σ w_i [sign τ̂_i = s], s = sign Σ w_i τ̂_i */
export const elected = (w: Vector, taus: readonly Vector[], normalize = true): Vector =>
  map(taus[0] ?? [], (i) => {
    const s = Math.sign(sum(taus.map((tau, k) => at(w, k) * at(tau, i))))
    const agree = taus.map((tau, k) => (at(tau, i) !== 0 && Math.sign(at(tau, i)) === s ? at(w, k) : 0))
    const total = sum(taus.map((tau, k) => at(agree, k) * at(tau, i)))
    return total === 0 ? 0 : normalize ? total / sum(agree) : total
  })
export const toBase = (theta: readonly Vector[], b: Vector): readonly Vector[] => theta.map((vector) => less(vector, b))
/** the solution x of x A = b */
export const solved = (a: readonly Vector[], b: Vector): Vector => {
  const n = b.length
  const rows = map(b, (i) => i).map((i) => [...map(b, (j) => at(a[j] ?? [], i)), at(b, i)])
  for (let i = 0; i < n; i++)
    for (let r = 0; r < n; r++) {
      if (r === i) continue
      const factor = at(rows[r] ?? [], i) / at(rows[i] ?? [], i)
      rows[r] = (rows[r] ?? []).map((value, j) => value - factor * at(rows[i] ?? [], j))
    }
  return map(b, (i) => at(rows[i] ?? [], n) / at(rows[i] ?? [], i))
}
export const rowsIn = (vector: Vector, n: number): readonly Vector[] =>
  map(vector.slice(0, vector.length / n), (r) => r).map((r) => vector.slice(r * n, (r + 1) * n))
export const timesMatrix = (row: Vector, a: readonly Vector[]): Vector =>
  map(row, (j) => sum(map(row, (k) => at(row, k) * at(a[k] ?? [], j))))
export const softmax = (z: Vector): Vector => {
  const e = z.map(Math.exp)
  return times(1 / sum(e), e)
}
/** those of the entries at one place that have the sign of their sum; a sum of zero is positive */
export const elect = (entries: Vector): Vector => entries.map((entry) => (entry !== 0 && entry > 0 === sum(entries) >= 0 ? entry : 0))
