import { TributaryError } from '../../shared/errors'
import type { SamplerOptions } from '../models/model'
import { argmax, nucleus, topK } from './distribution'
import { kernel } from './kernel/index'
import { type Law, pointLaw } from './law'
import type { Row } from './row'

/** Neutral: what is sampled is the expression itself. */
export const neutralSampler: SamplerOptions = { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 }

/** Refuses settings outside their meaning, each with its name; see `SamplerOptions`. */
export function checkSampler(options: SamplerOptions): void {
  const rules: readonly [keyof SamplerOptions, boolean, string][] = [
    ['temperature', options.temperature >= 0 && Number.isFinite(options.temperature), 'is 0 (greedy) or more'],
    ['topK', Number.isInteger(options.topK) && options.topK >= 0, 'is a whole number; 0 keeps all tokens'],
    ['topP', options.topP > 0 && options.topP <= 1, 'is above 0 and at most 1; 1 keeps all tokens'],
    ['minP', options.minP >= 0 && options.minP <= 1, 'lies between 0 and 1; 0 keeps all tokens'],
    ['repetitionPenalty', options.repetitionPenalty > 0 && Number.isFinite(options.repetitionPenalty), 'is above 0; 1 does nothing'],
  ]
  for (const [name, ok, meaning] of rules) {
    if (!ok) throw new TributaryError('input-type', `The sampler's ${name} ${meaning}, not ${options[name]}.`, { place: { port: name } })
  }
}

/**
 * Turns scores into the law that a token is drawn from: temperature, then top-k, top-p and min-p (each on what the one before left),
 * then the penalty on tokens of the output so far, then renormalised. Temperature 0 takes the likeliest token after the penalty.
 */
export class Sampler {
  readonly options: SamplerOptions

  constructor(options: SamplerOptions) {
    checkSampler(options)
    this.options = options
  }

  get isGreedy(): boolean {
    return this.options.temperature === 0
  }

  /**
   * row: scores [V]; written: tokens of the output so far; buffer [V]: holds the weights of a law over the whole vocabulary, which is valid until the
   * buffer is used again. Throws `distribution-empty` where no token is possible and `logits-invalid` where a score is NaN.
   */
  law(row: Row, written: readonly number[], buffer: Float32Array): Law {
    if (Number.isNaN(row.max)) throw new TributaryError('logits-invalid', 'A score is not a number, so no token can be chosen.')
    if (row.max === -Infinity)
      throw new TributaryError('distribution-empty', 'No token has any probability left.', {
        hint: 'loosen a mask, a plausibility threshold or a weight of 0',
      })
    const { temperature, topK: k, topP, minP, repetitionPenalty } = this.options
    const penalised = repetitionPenalty === 1 ? undefined : new Set(written)
    if (temperature === 0)
      return pointLaw(penalised?.size ? penalisedArgmax(row, penalised, repetitionPenalty) : argmax(row.values, row.max))
    if (k > 0 || topP < 1 || minP > 0) return this.#truncated(row, penalised)
    const total = kernel.exponentials(row.values, row.max, 1 / temperature, buffer)
    if (temperature === 1) row.learn(total)
    if (!penalised?.size) return { shape: 'dense', weights: buffer, total }
    return penaliseDense(buffer, total, penalised, repetitionPenalty)
  }

  #truncated(row: Row, penalised: ReadonlySet<number> | undefined): Law {
    const { temperature, topK: k, topP, minP, repetitionPenalty } = this.options
    let ids = k > 0 ? topK(row.values, k, row.max) : undefined
    const floor = row.max + temperature * Math.log(minP) - 1e-6
    if (ids === undefined) ids = topP < 1 ? nucleus(row, topP, 1 / temperature) : kernel.collect(row.values, floor)
    else if (topP < 1) ids = cutByMass(row, ids, temperature, topP)
    if (minP > 0) ids = ids.filter((id) => (row.values[id] as number) >= floor)
    ids.sort()
    const weights = Float64Array.from(ids, (id) => Math.exp(((row.values[id] as number) - row.max) / temperature))
    normalise(weights)
    if (penalised?.size) {
      ids.forEach((id, i) => {
        if (penalised.has(id)) weights[i] = (weights[i] as number) ** repetitionPenalty
      })
      normalise(weights)
    }
    return { shape: 'sparse', ids, probabilities: weights }
  }
}

/** Log-probabilities are ≤ 0, so a penalty above 1 multiplies them (Keskar 2019 on logits; here on normalised scores). */
function penalisedArgmax(row: Row, penalised: ReadonlySet<number>, penalty: number): number {
  let best = -1
  let bestScore = -Infinity
  const { logZ } = row
  for (let v = 0; v < row.values.length; v++) {
    const logprob = (row.values[v] as number) - logZ
    if (logprob <= bestScore && penalty >= 1) continue // a penalty can only lower it
    const score = penalised.has(v) ? logprob * penalty : logprob
    if (score > bestScore) {
      bestScore = score
      best = v
    }
  }
  return best
}

function penaliseDense(weights: Float32Array, total: number, penalised: ReadonlySet<number>, penalty: number): Law {
  let changed = total
  for (const token of penalised) {
    const before = weights[token] ?? 0
    const after = (before / total) ** penalty * total
    weights[token] = after
    changed += (weights[token] as number) - before
  }
  return { shape: 'dense', weights, total: changed }
}

function cutByMass(row: Row, ids: Int32Array, temperature: number, share: number): Int32Array {
  let total = 0
  for (const id of ids) total += Math.exp(((row.values[id] as number) - row.max) / temperature)
  return prefixOfMass(row, ids, temperature, share * total)
}

/** The shortest prefix of `ids` (likeliest first) whose weights reach `mass`; all of them where they do not. */
function prefixOfMass(row: Row, ids: Int32Array, temperature: number, mass: number): Int32Array {
  let sum = 0
  for (let i = 0; i < ids.length; i++) {
    sum += Math.exp(((row.values[ids[i] as number] as number) - row.max) / temperature)
    if (sum >= mass * (1 - 1e-9)) return ids.slice(0, i + 1)
  }
  return ids
}

function normalise(weights: Float64Array): void {
  let sum = 0
  for (const weight of weights) sum += weight
  for (let i = 0; i < weights.length; i++) weights[i] = (weights[i] as number) / sum
}
