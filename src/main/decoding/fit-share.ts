import type { TokenPrediction } from '../models/model'

/** One token of a development text, as both models predicted it. */
export interface LoggedStep {
  readonly first: TokenPrediction
  readonly second: TokenPrediction
}

/** λ = σ(a·H_first + b·H_second + c), the share of the first model. */
export interface EntropyShare {
  readonly a: number
  readonly b: number
  readonly c: number
}

type Share = (step: LoggedStep) => number

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

export const shareByEntropy =
  ({ a, b, c }: EntropyShare): Share =>
  ({ first, second }) =>
    sigmoid(a * first.entropy + b * second.entropy + c)

/** Mean −log(λ·p_first + (1−λ)·p_second), in nats a token; 0 of no steps. */
export function lossOfShare(steps: readonly LoggedStep[], share: Share): number {
  let nats = 0
  for (const step of steps) nats -= logMixture(step, share(step))
  return steps.length === 0 ? 0 : nats / steps.length
}

function logMixture({ first, second }: LoggedStep, share: number): number {
  const [x, y] = [Math.log(share) - first.nats, Math.log1p(-share) - second.nats]
  const max = Math.max(x, y)
  return max === -Infinity ? max : max + Math.log(Math.exp(x - max) + Math.exp(y - max))
}

/** The one share with the least loss. The loss is convex in it, so a golden-section search finds it; ½ where every share is as good, and of no steps. */
export function fitConstantShare(steps: readonly LoggedStep[]): number {
  const loss = (share: number): number => lossOfShare(steps, () => share)
  const golden = (Math.sqrt(5) - 1) / 2
  let [low, high] = [0, 1]
  while (high - low > 1e-9) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)]
    if (loss(left) <= loss(right)) high = right
    else low = left
  }
  const best = [0, (low + high) / 2, 1].reduce((a, b) => (loss(b) < loss(a) - 1e-12 ? b : a), 0.5)
  return best
}

/** Where one model is right wherever it is surer, a and b would grow without end; this little, for each token, holds them. */
const ridge = 1e-4
const mostRounds = 200

/**
 * The entropy form with the least loss, as of CombLM: expectation and maximisation, the maximisation being one step of logistic regression towards the
 * chance that a token came from the first model. A step that does not lower the loss is halved, so what comes out is never worse than the best constant
 * share, from which it begins. No steps: λ = ½. Ormazabal et al. 2023, arXiv:2305.16876.
 */
export function fitEntropyShare(steps: readonly LoggedStep[]): EntropyShare {
  const constant = Math.min(1 - 1e-6, Math.max(1e-6, fitConstantShare(steps)))
  let at: readonly number[] = [0, 0, Math.log(constant / (1 - constant))]
  if (steps.length === 0) return { a: 0, b: 0, c: 0 }
  const cost = ([a, b, c]: readonly number[]): number =>
    lossOfShare(steps, shareByEntropy({ a: a as number, b: b as number, c: c as number })) +
    (ridge / 2) * ((a as number) ** 2 + (b as number) ** 2)
  let least = cost(at)
  for (let round = 0; round < mostRounds; round++) {
    const step = logisticStep(steps, at)
    let next = at.map((x, i) => x + (step[i] as number))
    for (let size = 0.5; size > 1e-4 && !(cost(next) < least); size /= 2) next = at.map((x, i) => x + size * (step[i] as number))
    const reached = cost(next)
    if (!(reached < least - 1e-12)) break
    at = next
    least = reached
  }
  const [a, b, c] = at as [number, number, number]
  return { a, b, c }
}

/** (Xᵀ·W·X + ridge)⁻¹·(Xᵀ·(γ − λ) − ridge·θ), means over the steps; γ is the chance that the token came from the first model. */
function logisticStep(steps: readonly LoggedStep[], at: readonly number[]): number[] {
  const [a, b, c] = at as [number, number, number]
  const slope = [-ridge * a, -ridge * b, 0]
  const curve = [
    [ridge, 0, 0],
    [0, ridge, 0],
    [0, 0, 1e-9],
  ]
  for (const { first, second } of steps) {
    const x = [first.entropy, second.entropy, 1]
    const score = a * first.entropy + b * second.entropy + c
    const share = sigmoid(score)
    const error = sigmoid(score + second.nats - first.nats) - share
    x.forEach((xi, i) => {
      slope[i] = (slope[i] as number) + (xi * error) / steps.length
      x.forEach((xj, j) => {
        const row = curve[i] as number[]
        row[j] = (row[j] as number) + (share * (1 - share) * xi * xj) / steps.length
      })
    })
  }
  return solve(curve, slope)
}

/** The solution of a small symmetric system with a positive diagonal, by elimination. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] as number])
  const size = rows.length
  for (let i = 0; i < size; i++) {
    const pivot = rows[i] as number[]
    for (let j = i + 1; j < size; j++) {
      const row = rows[j] as number[]
      const factor = (row[i] as number) / (pivot[i] as number)
      for (let k = i; k <= size; k++) row[k] = (row[k] as number) - factor * (pivot[k] as number)
    }
  }
  const solution = new Array<number>(size).fill(0)
  for (let i = size - 1; i >= 0; i--) {
    const row = rows[i] as number[]
    let rest = row[size] as number
    for (let k = i + 1; k < size; k++) rest -= (row[k] as number) * (solution[k] as number)
    solution[i] = rest / (row[i] as number)
  }
  return solution
}
