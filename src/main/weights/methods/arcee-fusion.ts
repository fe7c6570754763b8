import { magnitudeOf, rankBounds } from '../kernels/magnitude'
import { defineMergeMethod, type Ingredients } from '../method'

export default defineMergeMethod({
  name: 'arcee-fusion',
  title: 'Arcee fusion',
  summary: 'Takes from the second model only the weights whose change is important.',
  help: 'Importance is |b − a| times the divergence of the softmax of the two rows. Weights at or above median + 1.5 × (q3 − q1) of the tensor come from the second model, all others stay as in the first.',
  formula:
    'θ* = θ_2 where I ≥ q_2 + 1.5 · (q_3 − q_1), else θ_1; q: quartiles of I in the tensor\nI = |θ_2 − θ_1| · KL(softmax θ_2 ‖ softmax θ_1), by row',
  paper: 'Goddard et al. 2024, arXiv:2403.13257',
  systems: ['mergekit'],
  base: 'none',
  models: { min: 2, max: 2 },
  of: 'values',
  ordered: true,
  params: {},
  perModel: {},
  passes: () => quartiles().passes,
  combine(input, out) {
    const [a, b] = input.values
    if (a === undefined || b === undefined) return
    const importance = importanceOf(input)
    const order = quartiles()
    const [low, median, high] = [0, 1, 2].map((bound) => valueAt(order.bound(input, bound).bits)) as [number, number, number]
    const threshold = median + 1.5 * (high - low)
    for (let i = 0; i < out.length; i++) out[i] = (importance[i] as number) >= threshold ? (b[i] as number) : (a[i] as number)
  },
})

/** Index quantiles ⌊q(n − 1)⌋ of the importances, smallest first; the order counts from the largest. */
const quartiles = () =>
  rankBounds<unknown, unknown>({
    scope: 'tensor',
    closed: true,
    firstPass: 0,
    arrays: (input) => [importanceOf(input)],
    arrayCount: 1,
    boundCount: 3,
    bounds: (elements) => [0.25, 0.5, 0.75].map((q) => ({ array: 0, rank: elements - Math.floor(q * (elements - 1)) })),
  })

const valueAt = (bits: number): number => (bits < 0 || bits >= 2 ** 31 ? 0 : magnitudeOf(bits))

function importanceOf({ values: [a, b], place: { rowLength } }: Ingredients<unknown, unknown>): Float32Array {
  const importance = new Float32Array(a?.length ?? 0)
  if (a === undefined || b === undefined) return importance
  for (let start = 0; start < a.length; start += rowLength) {
    const divergence = rowDivergence(a.subarray(start, start + rowLength), b.subarray(start, start + rowLength))
    for (let i = start; i < start + rowLength; i++) importance[i] = Math.abs((b[i] as number) - (a[i] as number)) * divergence
  }
  return importance
}

/** KL(softmax(to) ‖ softmax(from)), each probability raised by 1e-8 */
function rowDivergence(from: Float32Array, to: Float32Array): number {
  const p = softmax(to)
  const q = softmax(from)
  let sum = 0
  for (let i = 0; i < p.length; i++) {
    const high = (p[i] as number) + 1e-8
    sum += high * Math.log(high / ((q[i] as number) + 1e-8))
  }
  return Math.abs(sum) < 1e-15 ? 0 : sum
}

function softmax(values: Float32Array): Float64Array {
  let largest = -Infinity
  for (const value of values) largest = Math.max(largest, value)
  const exps = Float64Array.from(values, (value) => Math.exp(value - largest))
  const total = exps.reduce((sum, value) => sum + value, 0)
  return exps.map((value) => value / total)
}
