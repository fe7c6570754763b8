import type { Json } from '../../../../shared/json'
import type { OperatorSpec, OperatorWork } from '../../operator'
import type { Found } from '../apply-row'

/** The formula of an operator, written out once more as it stands there, and what it gives for rows of numbers. */
export type Vector = readonly number[]
export interface Case {
  readonly name: string
  /** of the operator; `option` is that of the chosen option */
  readonly formula: string
  readonly option?: { readonly param: string; readonly value: string; readonly formula: string }
  readonly inputs: Readonly<Record<string, Vector | readonly Vector[]>>
  readonly params?: Readonly<Record<string, Json>>
  /** what it made before the first token, or asks for at this one */
  readonly found?: (work: OperatorWork<OperatorSpec, unknown>, params: Readonly<Record<string, Json>>) => Promise<Found> | Found
  /** what it remembers of the text so far */
  readonly state?: unknown
  /** the law: what is not normalised here is below */
  readonly law: Vector
}

export const z1 = [3.0, 2.5, 1.0, 0.0, -1.0, -2.0]
export const z2 = [3.2, 1.0, 1.5, 0.5, -3.5, -1.0]
export const z3 = [1.0, 2.5, 1.2, 0.2, -0.5, 0.3]
export const at = (vector: Vector, v: number): number => vector[v] ?? Number.NaN
export const sum = (values: Vector): number => values.reduce((total, value) => total + value, 0)
export const each = (value: (v: number) => number): Vector => z1.map((_, v) => value(v))
export const norm = (weights: Vector): Vector => weights.map((weight) => weight / sum(weights))
export const softmax = (z: Vector): Vector => norm(z.map(Math.exp))
export const entropyOf = (p: Vector): number => -sum(p.map((x) => x * Math.log(x)))
export const divergenceOf = (p: Vector, q: Vector): number => sum(p.map((x, v) => x * Math.log(x / at(q, v))))
export const only = (p: Vector, keeps: (v: number) => boolean): Vector => norm(each((v) => (keeps(v) ? at(p, v) : 0)))
export const [p1, p2, p3] = [softmax(z1), softmax(z2), softmax(z3)]
/** the places in the order of a score, best first */
export const order = (score: Vector): readonly number[] => score.map((_, v) => v).sort((a, b) => at(score, b) - at(score, a))
/** the first places in an order whose mass reaches `mass` */
export const until = (places: readonly number[], p: Vector, mass: number): ReadonlySet<number> => {
  const kept = new Set<number>()
  for (const v of places) {
    if (sum([...kept].map((one) => at(p, one))) >= mass) break
    kept.add(v)
  }
  return kept
}
export const plausible = (p: Vector, share: number) => (v: number) => at(p, v) >= share * Math.max(...p)
/** the largest t in 0…1 for which it holds */
export const largest = (holds: (t: number) => boolean): number => {
  let [low, high] = [0, 1]
  if (holds(1)) return 1
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (holds(middle)) low = middle
    else high = middle
  }
  return low
}
export const between = (t: number): Vector => norm(each((v) => at(p1, v) ** (1 - t) * at(p2, v) ** t))
