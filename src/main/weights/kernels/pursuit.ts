import { addProduct } from '../../../shared/wasm/products'
import { cholesky, solveCholesky } from './cholesky'

/** A vector as a weighted sum of a few others. */
export interface SparseSum {
  readonly picks: readonly number[]
  readonly weights: readonly number[]
}

/** Targets that are pursued together: their products with all atoms are one product of matrices. */
const together = 16
/** of a target's square, what may be left */
const enough = 1e-10

/**
 * Each target [n] as a sum of at most `most` atoms, by orthogonal matching pursuit: the atom that lies closest to what is left is taken, then all that are taken are
 * weighed anew by least squares. `targets` [m × n], `atoms` [s × n]; ties go to the first. Zeros get no atom. Yields between steps, so that a caller may do other
 * things. Pati et al. 1993.
 */
export function* pursue(targets: Float32Array, atoms: Float32Array, n: number, most: number): Generator<undefined, SparseSum[]> {
  const [count, all] = [targets.length / n, atoms.length / n]
  const inverse = Float64Array.from({ length: all }, (_, j) => {
    const square = dot(atoms, j, atoms, j, n)
    return square === 0 ? 0 : 1 / Math.sqrt(square)
  })
  const found: SparseSum[] = []
  for (let first = 0; first < count; first += together) {
    const part = targets.subarray(first * n, Math.min(count, first + together) * n)
    const ones = Array.from({ length: part.length / n }, (_, i) => new Pursued(part, i, atoms, n))
    const left = Float32Array.from(part)
    for (let step = 0; step < Math.min(most, all) && ones.some(({ isDone }) => !isDone); step++) {
      const scores = new Float32Array(ones.length * all)
      addProduct(
        { values: left, row: n, column: 1 },
        { values: atoms, row: 1, column: n },
        { values: scores, row: all, column: 1 },
        { rows: ones.length, depth: n, columns: all },
      )
      for (const [i, one] of ones.entries()) one.take(scores.subarray(i * all, (i + 1) * all), inverse, left.subarray(i * n, (i + 1) * n))
      yield
    }
    found.push(...ones.map(({ picks, weights }) => ({ picks, weights: [...weights] })))
  }
  return found
}

class Pursued {
  readonly picks: number[] = []
  weights: Float64Array = new Float64Array(0)
  isDone: boolean
  readonly #square: number
  /** products of the picks with each other, row by row of the lower triangle, and with the target */
  readonly #products: number[][] = []
  readonly #aims: number[] = []

  constructor(
    private readonly targets: Float32Array,
    private readonly index: number,
    private readonly atoms: Float32Array,
    private readonly n: number,
  ) {
    this.#square = dot(targets, index, targets, index, n)
    this.isDone = this.#square === 0
  }

  /** Takes the best atom by its products with what is `left`, which is then what the new sum leaves. */
  take(scores: Float32Array, inverse: Float64Array, left: Float32Array): void {
    if (this.isDone) return
    const { n, atoms, targets, index } = this
    let [best, atom] = [0, -1]
    for (let j = 0; j < scores.length; j++) {
      const score = Math.abs(scores[j] as number) * (inverse[j] as number)
      if (score > best && !this.picks.includes(j)) [best, atom] = [score, j]
    }
    const solved = atom < 0 ? undefined : this.#withAtom(atom)
    if (solved === undefined) {
      this.isDone = true
      return
    }
    this.weights = solved
    left.set(targets.subarray(index * n, (index + 1) * n))
    for (const [p, pick] of this.picks.entries())
      for (let c = 0; c < n; c++) left[c] = (left[c] as number) - (solved[p] as number) * (atoms[pick * n + c] as number)
    this.isDone = dot(left, 0, left, 0, n) <= enough * this.#square
  }

  /** Weights with one atom more; undefined for one that lies among those taken. */
  #withAtom(atom: number): Float64Array | undefined {
    const { n, atoms, targets, index } = this
    const row = [...this.picks, atom].map((pick) => dot(atoms, pick, atoms, atom, n))
    const size = row.length
    const rows = [...this.#products, row]
    const square = Float64Array.from({ length: size * size }, (_, at) => {
      const [i, j] = [Math.floor(at / size), at % size]
      return rows[Math.max(i, j)]?.[Math.min(i, j)] as number
    })
    const factor = cholesky(square, size)
    if (factor === undefined) return undefined
    this.picks.push(atom)
    this.#products.push(row)
    this.#aims.push(dot(targets, index, atoms, atom, n))
    const weights = Float64Array.from(this.#aims)
    solveCholesky(factor, size, weights)
    return weights
  }
}

function dot(a: Float32Array, i: number, b: Float32Array, j: number, n: number): number {
  let sum = 0
  for (let c = 0; c < n; c++) sum += (a[i * n + c] as number) * (b[j * n + c] as number)
  return sum
}
