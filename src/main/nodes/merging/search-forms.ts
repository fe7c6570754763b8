import type { Json } from '../../../shared/json'
import type { Space } from '../../weights/search/search'
import { refuse } from '../../weights/settings'

/** What is searched, and what it means for each model. */
export interface Form {
  readonly space: Space
  each(point: readonly number[]): readonly { readonly weight: Json; readonly density?: number }[]
}

export interface FormAsked {
  readonly low: number
  readonly high: number
  readonly mean: number
  /** parts of the depth that have a share each; neutral: three */
  readonly parts?: number
}

export type FormName = 'share' | 'softmax' | 'simplex' | 'free' | 'dense' | 'layers' | 'concrete' | 'concrete-free' | 'grouped'

/** What the numbers of a point mean for each model. */
export function formOf(name: FormName, count: number, { low, high, mean, parts = 3 }: FormAsked): Form {
  const box = (size: number, from: number, to: number): Space => ({
    low: Array.from({ length: size }, () => from),
    high: Array.from({ length: size }, () => to),
  })
  switch (name) {
    case 'share':
      requireTwo(count)
      return { space: box(1, low, high), each: ([share = 0]) => [{ weight: share }, { weight: 1 - share }] }
    case 'softmax':
      return {
        space: box(Math.max(1, count - 1), -4, 4),
        each: (point) => softmax([...point.slice(0, count - 1), 0]).map((weight) => ({ weight })),
      }
    case 'simplex':
      return {
        space: box(Math.max(1, count - 1), 0, 1),
        each: (point) => cutShares(point.slice(0, count - 1)).map((weight) => ({ weight })),
      }
    case 'free':
      return { space: box(count, low, high), each: (point) => point.map((weight) => ({ weight })) }
    case 'grouped': {
      const parts = Array.from({ length: count }, () => box(groupCount, low, high))
      return {
        space: { low: parts.flatMap((part) => [...part.low]), high: parts.flatMap((part) => [...part.high]) },
        each: (point) => parts.map((_, model) => ({ weight: groupedWeight(point.slice(model * groupCount, (model + 1) * groupCount)) })),
      }
    }
    case 'dense':
      return {
        space: {
          low: Array.from({ length: 2 * count }, (_, i) => (i < count ? low : 0.05)),
          high: Array.from({ length: 2 * count }, (_, i) => (i < count ? high : 1)),
        },
        each: (point) => point.slice(0, count).map((weight, index) => ({ weight, density: point[count + index] as number })),
      }
    case 'layers':
      requireTwo(count)
      return {
        space: { ...box(parts, 0, 1), start: Array.from({ length: parts }, () => mean) },
        each: (point) => {
          const shares = projectToMean(point, mean)
          const weightOf = (of: (share: number) => number): Json => [
            { filter: 'blk.', value: { parts: shares.map(of) } },
            { value: of(mean) },
          ]
          return [{ weight: weightOf((share) => share) }, { weight: weightOf((share) => 1 - share) }]
        },
      }
    case 'concrete':
      return { space: box(maskSize, -4, 4), each: (point) => Array.from({ length: count }, () => ({ weight: maskedWeight(point, mean) })) }
    case 'concrete-free':
      return {
        space: {
          low: [...box(count, low, high).low, ...box(maskSize, -4, 4).low],
          high: [...box(count, low, high).high, ...box(maskSize, -4, 4).high],
          start: [...Array.from({ length: count }, () => (low + high) / 2), ...Array.from({ length: maskSize }, () => 0)],
        },
        each: (point) => point.slice(0, count).map((weight) => ({ weight: maskedWeight(point.slice(count), weight) })),
      }
    default:
      return name satisfies never
  }
}

const thirds = 3
/** attention and feed-forward, each by the thirds of the depth, and all else */
const groupCount = 2 * thirds + 1

/** Seven numbers as a schedule of weights: attention and feed-forward at the first, middle and last layers (between them in a straight line), then all else. */
export function groupedWeight(numbers: readonly number[]): Json {
  return [
    { filter: '.attn_', value: numbers.slice(0, thirds) },
    { filter: '.ffn_', value: numbers.slice(thirds, 2 * thirds) },
    { value: numbers[2 * thirds] as number },
  ]
}

const maskParts = 4
const maskSize = 2 * maskParts
const temperature = 0.5

/**
 * Logits of a mask on four parts of the depth, attention first, then feed-forward, as a schedule of weights: each entry of the mask is σ(logit / T), their
 * mean is 1. All logits 0: the plain weight everywhere. Tang et al. 2023, arXiv:2312.06173, with one logit for each group in place of each weight.
 */
export function maskedWeight(logits: readonly number[], weight: number): Json {
  const mask = logits.map((logit) => 1 / (1 + Math.exp(-logit / temperature)))
  const mean = mask.reduce((sum, value) => sum + value, 0) / mask.length
  const weights = mask.map((value) => (weight * value) / Math.max(1e-9, mean))
  return [{ filter: '.attn_', value: weights.slice(0, maskParts) }, { filter: '.ffn_', value: weights.slice(maskParts) }, { value: weight }]
}

/** A length of one, cut at these places: even cuts give shares that are Dirichlet(1). */
export function cutShares(cuts: readonly number[]): number[] {
  const places = [0, ...[...cuts].sort((a, b) => a - b), 1]
  return places.slice(1).map((place, i) => place - (places[i] as number))
}

function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits)
  const exps = logits.map((logit) => Math.exp(logit - largest))
  const total = exps.reduce((sum, value) => sum + value, 0)
  return exps.map((value) => value / total)
}

/** The nearest point of the box [0, 1] whose mean is `mean`: all numbers are moved alike and cut at the edges. Lin et al. 2023, arXiv:2309.06256. */
export function projectToMean(point: readonly number[], mean: number): number[] {
  const moved = (by: number): number[] => point.map((value) => Math.min(1, Math.max(0, value + by)))
  let [low, high] = [-1 - Math.max(...point), 1 - Math.min(...point)]
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2
    const values = moved(middle)
    if (values.reduce((sum, value) => sum + value, 0) / values.length < mean) low = middle
    else high = middle
  }
  return moved(high)
}

function requireTwo(count: number): void {
  if (count !== 2) refuse('Search coefficients', `searches a share between two models, and was given ${count}`, 'Choose another form.')
}
