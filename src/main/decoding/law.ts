/**
 * What a token is drawn from at one position, after the sampler. Three shapes: one certain token, a few tokens with probabilities
 * (ids ascending), or the whole vocabulary as weights with their sum.
 */
export type Law = PointLaw | SparseLaw | DenseLaw

export interface PointLaw {
  readonly shape: 'point'
  readonly token: number
}

export interface SparseLaw {
  readonly shape: 'sparse'
  /** ascending */
  readonly ids: Int32Array
  /** of the same length; they sum to 1 */
  readonly probabilities: Float64Array
}

export interface DenseLaw {
  readonly shape: 'dense'
  /** [V], not normalised */
  readonly weights: Float32Array
  readonly total: number
}

export const pointLaw = (token: number): PointLaw => ({ shape: 'point', token })

/** p(token) */
export function probabilityOf(law: Law, token: number): number {
  switch (law.shape) {
    case 'point':
      return law.token === token ? 1 : 0
    case 'sparse': {
      const at = indexOf(law.ids, token)
      return at < 0 ? 0 : (law.probabilities[at] as number)
    }
    case 'dense':
      return (law.weights[token] ?? 0) / law.total
    default:
      return law satisfies never
  }
}

/** The token at which the running sum of probabilities passes u, u uniform in [0, 1). Walks in order of token ids. */
export function draw(law: Law, u: number): number {
  if (law.shape === 'point') return law.token
  if (law.shape === 'dense') return walkDense(law.weights, u * law.total)
  const { ids, probabilities } = law
  return ids[walk(ids.length, u, (i) => probabilities[i] as number)] as number
}

/**
 * A token from norm(max(0, p − q)), u uniform in [0, 1): what speculative sampling emits in place of a refused draft (Leviathan 2023).
 * Where nothing is left (p = q; then no draft can be refused except by rounding) it draws from p.
 */
export function drawResidual(p: Law, q: Law, u: number): number {
  if (p.shape === 'point') return p.token
  const ids = p.shape === 'sparse' ? p.ids : undefined
  const count = ids?.length ?? (p as DenseLaw).weights.length
  const excess = (i: number): number => {
    const token = ids === undefined ? i : (ids[i] as number)
    return Math.max(0, weightAt(p, i) - probabilityOf(q, token))
  }
  let mass = 0
  for (let i = 0; i < count; i++) mass += excess(i)
  if (!(mass > 1e-12)) return draw(p, u)
  const at = walk(count, u * mass, excess)
  return ids === undefined ? at : (ids[at] as number)
}

/** norm(max(0, p − q)) as a law of its own; undefined where nothing is left. A certain guess q takes its token out of p. */
export function residualOf(p: Law, q: Law): SparseLaw | DenseLaw | undefined {
  if (p.shape === 'point')
    return probabilityOf(q, p.token) < 1 ? { shape: 'sparse', ids: Int32Array.of(p.token), probabilities: Float64Array.of(1) } : undefined
  const count = p.shape === 'sparse' ? p.ids.length : p.weights.length
  const left = new Float64Array(count)
  let mass = 0
  for (let i = 0; i < count; i++) {
    const token = p.shape === 'sparse' ? (p.ids[i] as number) : i
    const excess = Math.max(0, weightAt(p, i) - probabilityOf(q, token))
    left[i] = excess
    mass += excess
  }
  if (!(mass > 1e-12)) return undefined
  if (p.shape === 'dense') return { shape: 'dense', weights: Float32Array.from(left), total: mass }
  return { shape: 'sparse', ids: p.ids, probabilities: left.map((weight) => weight / mass) }
}

/** Probability of the i-th entry of a law that has entries. */
function weightAt(law: SparseLaw | DenseLaw, i: number): number {
  return law.shape === 'dense' ? (law.weights[i] as number) / law.total : (law.probabilities[i] as number)
}

/** The first index whose running sum exceeds `target`; if rounding leaves none, the last with any weight. */
function walk(count: number, target: number, weight: (i: number) => number): number {
  let sum = 0
  let last = 0
  for (let i = 0; i < count; i++) {
    const w = weight(i)
    if (w <= 0) continue
    sum += w
    last = i
    if (sum > target) return i
  }
  return last
}

/** The same over a whole vocabulary, where a call for each entry would cost more than the sum. */
function walkDense(weights: Float32Array, target: number): number {
  let sum = 0
  for (let i = 0; i < weights.length; i++) {
    sum += Math.max(0, weights[i] as number)
    if (sum > target) return i
  }
  return Math.max(
    0,
    weights.findLastIndex((weight) => weight > 0),
  )
}

function indexOf(ids: Int32Array, token: number): number {
  let low = 0
  let high = ids.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const id = ids[middle] as number
    if (id === token) return middle
    if (id < token) low = middle + 1
    else high = middle - 1
  }
  return -1
}
