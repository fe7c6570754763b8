import type { Features } from './text-features'

/** softmax: shares that sum to one; sigmoid: an independent probability for each output */
export type Link = 'softmax' | 'sigmoid'

/** A linear model over named features, as plain data: it may travel on a wire. */
export interface LinearModel {
  readonly link: Link
  /** one an output */
  readonly bias: readonly number[]
  /** by feature, one an output; features that were never seen weigh nothing */
  readonly weights: { readonly [feature: string]: readonly number[] }
}

export interface Example {
  readonly features: Features
  /** one an output, 0..1: soft labels are welcome; NaN: not known, and not learnt from */
  readonly target: readonly number[]
}

export function predict({ link, bias, weights }: LinearModel, features: Features): number[] {
  const scores = bias.map((own, output) => {
    let score = own
    for (const [name, value] of features) score += value * (Object.hasOwn(weights, name) ? (weights[name]?.[output] ?? 0) : 0)
    return score
  })
  return link === 'sigmoid' ? scores.map((score) => 1 / (1 + Math.exp(-score))) : softmax(scores)
}

/** Shares in proportion to exp(score). */
export function softmax(scores: readonly number[]): number[] {
  const max = Math.max(...scores)
  const powers = scores.map((score) => Math.exp(score - max))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

/**
 * Least cross-entropy with soft labels (softmax: KL of the labels from the model, up to a constant), a small ridge on the weights, by gradient steps with
 * momentum of all examples together: no chance in it. No examples: every output alike.
 */
export function trainLinear(examples: readonly Example[], outputs: number, link: Link, { rounds = 300, ridge = 1e-3 } = {}): LinearModel {
  const bias = Array<number>(outputs).fill(0)
  const weights: Record<string, number[]> = Object.create(null)
  for (const { features } of examples) for (const name of features.keys()) weights[name] ??= Array<number>(outputs).fill(0)
  const speed = new Map<string, number[]>()
  const rate = 2
  for (let round = 0; round < rounds && examples.length > 0; round += 1) {
    const slope = new Map<string, number[]>()
    for (const { features, target } of examples) {
      const shares = predict({ link, bias, weights }, features)
      const error = shares.map((share, output) => (Number.isNaN(target[output]) ? 0 : (share - (target[output] ?? 0)) / examples.length))
      for (const [name, value] of [...features, ['', 1] as const]) {
        const sums = slope.get(name) ?? Array<number>(outputs).fill(0)
        error.forEach((e, output) => {
          sums[output] = (sums[output] as number) + e * value
        })
        slope.set(name, sums)
      }
    }
    for (const [name, sums] of slope) {
      const row = name === '' ? bias : (weights[name] as number[])
      const moving = speed.get(name) ?? Array<number>(outputs).fill(0)
      sums.forEach((sum, output) => {
        const pull = sum + (name === '' ? 0 : ridge * (row[output] as number))
        moving[output] = 0.9 * (moving[output] as number) - rate * pull
        row[output] = (row[output] as number) + (moving[output] as number)
      })
      speed.set(name, moving)
    }
  }
  return { link, bias, weights: { ...weights } }
}
