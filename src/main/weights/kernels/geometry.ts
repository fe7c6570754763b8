import type { Ingredients, Pass } from '../method'
import { dot } from './linear'

/**
 * The geometric methods all give a linear combination of their inputs whose factors follow from the inputs' Gram matrix alone,
 * so one pass measures ⟨x_i, x_j⟩ and everything else is arithmetic on k × k numbers.
 */
export type Gram = (i: number, j: number) => number

export function gramPass<P, M>(models: number): Pass<P, M> {
  return { scope: 'tensor', size: models * models, measure: ({ values }, into) => addGram(values, into) }
}

function addGram(values: readonly Float32Array[], into: Float64Array): void {
  const k = values.length
  for (let i = 0; i < k; i++)
    for (let j = i; j < k; j++) {
      const product = dot(values[i] as Float32Array, values[j] as Float32Array)
      into[i * k + j] = (into[i * k + j] as number) + product
      if (i !== j) into[j * k + i] = (into[j * k + i] as number) + product
    }
}

export const gramOf =
  (known: Float64Array, models: number): Gram =>
  (i, j) =>
    known[i * models + j] as number

/** The Gram matrix of one row of the block. */
export function rowGram(values: readonly Float32Array[], start: number, length: number): Gram {
  const rows = values.map((value) => value.subarray(start, start + length))
  const into = new Float64Array(rows.length ** 2)
  addGram(rows, into)
  return gramOf(into, rows.length)
}

/** Applies factors per row or per tensor: `factorsOf` gets the Gram matrix of what it is asked about. */
export function combineBy<P, M>(
  input: Ingredients<P, M>,
  unit: 'tensor' | 'row',
  factorsOf: (gram: Gram) => readonly number[],
  apply: (values: readonly Float32Array[], factors: readonly number[], out: Float32Array) => void,
  out: Float32Array,
): void {
  if (unit === 'tensor') {
    apply(input.values, factorsOf(gramOf(input.known[0] as Float64Array, input.values.length)), out)
    return
  }
  const { rowLength, length } = input.place
  for (let start = 0; start < length; start += rowLength) {
    const rows = input.values.map((value) => value.subarray(start, start + rowLength))
    apply(rows, factorsOf(rowGram(input.values, start, rowLength)), out.subarray(start, start + rowLength))
  }
}

/** The Gram matrices of the columns of two matrices, 3 numbers a column: ⟨a, a⟩, ⟨a, b⟩, ⟨b, b⟩. A vector is one column by itself, as `gramPass` has it. */
export function columnGramPass<P, M>(): Pass<P, M> {
  return {
    scope: 'tensor',
    size: (place) => 3 * columnsOf(place),
    measure({ values: [a, b], place }, into) {
      if (a === undefined || b === undefined) return
      const columns = columnsOf(place)
      for (let i = 0; i < a.length; i++) {
        const [x, y, at] = [a[i] as number, b[i] as number, 3 * (i % columns)]
        into[at] = (into[at] as number) + x * x
        into[at + 1] = (into[at + 1] as number) + x * y
        into[at + 2] = (into[at + 2] as number) + y * y
      }
    },
  }
}

const columnsOf = ({ shape, rowLength }: Ingredients['place']): number => (shape.length === 1 ? 1 : rowLength)

/** Joins two matrices column by column: `factorsOf` gets the Gram matrix of each column's two vectors. */
export function combineColumns<P, M>(
  { values: [a, b], place, known }: Ingredients<P, M>,
  factorsOf: (gram: Gram) => readonly [number, number],
  out: Float32Array,
): void {
  if (a === undefined || b === undefined) return
  const sums = known[0] as Float64Array
  const columns = columnsOf(place)
  const factors = Array.from({ length: columns }, (_, column) => factorsOf((i, j) => sums[3 * column + i + j] as number))
  for (let i = 0; i < out.length; i++) {
    const [first, second] = factors[i % columns] as readonly [number, number]
    out[i] = first * (a[i] as number) + second * (b[i] as number)
  }
}

const clampCosine = (value: number): number => Math.min(1, Math.max(-1, value))

/** ⟨x_i, x_j⟩ / max(‖x_i‖‖x_j‖, floor); 0 where either is zero */
export function cosine(gram: Gram, i: number, j: number, floor = 0): number {
  const norms = Math.max(floor, Math.sqrt(gram(i, i)) * Math.sqrt(gram(j, j)))
  return norms === 0 ? 0 : clampCosine(gram(i, j) / norms)
}

/** Factors of spherical interpolation from x_0 to x_1 by t. Linear where the vectors are (anti)parallel beyond `threshold`, or zero. Shoemake 1985. */
export function slerpFactors(gram: Gram, t: number, threshold = 0.9995): [number, number] {
  const d = cosine(gram, 0, 1)
  const angle = Math.acos(d)
  const sine = Math.sin(angle)
  if (Math.abs(d) > threshold || sine < 1e-8 || gram(0, 0) === 0 || gram(1, 1) === 0) return [1 - t, t]
  return [Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine]
}

interface Units {
  readonly norms: readonly number[]
  /** ⟨u_i, u_j⟩ of the unit vectors; rows of zero vectors are 0 */
  readonly cosines: readonly (readonly number[])[]
}

function unitsOf(gram: Gram, k: number): Units {
  const norms = Array.from({ length: k }, (_, i) => Math.sqrt(gram(i, i)))
  const cosines = norms.map((a, i) => norms.map((b, j) => (a === 0 || b === 0 ? 0 : gram(i, j) / (a * b))))
  return { norms, cosines }
}

const times = (matrix: readonly (readonly number[])[], vector: readonly number[]): number[] => matrix.map((row) => inner(row, vector))
const inner = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, index) => sum + value * (b[index] as number), 0)
const normOf = (matrix: readonly (readonly number[])[], vector: readonly number[]): number =>
  Math.sqrt(Math.max(0, inner(vector, times(matrix, vector))))
/** From factors of unit vectors to factors of the vectors themselves, at a common length. */
const toInputs = (factors: readonly number[], { norms }: Units, length: number): number[] =>
  factors.map((factor, i) => ((norms[i] as number) === 0 ? 0 : (factor * length) / (norms[i] as number)))

/** One tangent step at the normalised weighted mean of directions; the length is the weighted mean of lengths. Undefined where the mean vanishes. */
export function multiSlerpFactors(gram: Gram, weights: readonly number[]): number[] | undefined {
  const units = unitsOf(gram, weights.length)
  const meanNorm = normOf(units.cosines, weights)
  if (meanNorm < 1e-8) return undefined
  const mean = weights.map((weight) => weight / meanNorm)
  const along = inner(weights, times(units.cosines, mean))
  const tangent = weights.map((weight, i) => weight - along * (mean[i] as number))
  const step = normOf(units.cosines, tangent)
  return toInputs(walk(mean, tangent, step), units, inner(weights, units.norms))
}

/** From `mean` along the tangent vector `by` of length `step` on the unit sphere. */
function walk(mean: readonly number[], by: readonly number[], step: number): number[] {
  const ratio = step < 1e-12 ? 1 : Math.sin(step) / step
  return mean.map((value, i) => Math.cos(step) * value + ratio * (by[i] as number))
}

/** The mean on the sphere, by fixed-point iteration from the normalised mean; its length is the weighted mean of lengths. Karcher 1977. */
export function karcherFactors(
  gram: Gram,
  weights: readonly number[],
  options: { readonly iterations: number; readonly tolerance: number },
): number[] {
  const units = unitsOf(gram, weights.length)
  const live = weights.map((weight, i) => ((units.norms[i] as number) === 0 ? 0 : weight))
  const total = live.reduce((sum, weight) => sum + weight, 0)
  if (total === 0) return weights.map(() => 0)
  const shares = live.map((weight) => weight / total)
  const meanNorm = normOf(units.cosines, shares)
  const first = shares.findIndex((share) => share !== 0)
  let mean = meanNorm < options.tolerance ? shares.map((_, i) => (i === first ? 1 : 0)) : shares.map((share) => share / meanNorm)
  for (let round = 0; round < options.iterations; round++) {
    const along = times(units.cosines, mean).map(clampCosine)
    const pulls = shares.map((share, i) => share * angleOverSine(along[i] as number))
    const back = inner(pulls, along)
    const tangent = pulls.map((pull, i) => pull - back * (mean[i] as number))
    const step = normOf(units.cosines, tangent)
    if (step < options.tolerance) break
    const moved = walk(mean, tangent, step)
    const length = normOf(units.cosines, moved)
    mean = moved.map((value) => value / length)
  }
  return toInputs(mean, units, inner(weights, units.norms))
}

/** θ / sin θ of an angle by its cosine; opposite vectors have no shortest way and pull nowhere. */
function angleOverSine(cosineOf: number): number {
  const angle = Math.acos(cosineOf)
  const sine = Math.sin(angle)
  return sine < 1e-8 ? (cosineOf > 0 ? 1 : 0) : angle / sine
}
