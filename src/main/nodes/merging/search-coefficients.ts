import type { WeightsExpression } from '../../../shared/expression'
import type { Json } from '../../../shared/json'
import { defineNode } from '../../node-runtime'
import { weightsCatalog } from '../../weights/catalog'
import type { AnyMethod } from '../../weights/method'
import type { Space } from '../../weights/search/search'
import { type SearchName, searches } from '../../weights/search/searches'
import { refuse } from '../../weights/settings'
import { methodOptions } from './method-params'
import { lossOfWeights, objectiveParam, rowsOf, rowsParams } from './objectives'

const { methods, method: find } = weightsCatalog()
const weighted = methods.filter(({ perModel }) => Object.hasOwn(perModel, 'weight'))

/** Finds the weights of a merge by trying them. */
export default defineNode(
  {
    type: 'search-coefficients',
    version: 1,
    title: 'Search coefficients',
    family: 'merging',
    summary: 'Finds the weights of a merge by trying merges on held-out rows and keeping the best.',
    help: `Every candidate is merged into a file of its own, judged on the rows, and deleted; the best one leaves as a weights wire. *Form* says what is searched:

- **one share**: two models, λ and 1 − λ (checkpoints: the newer one first, λ from 0.5 to 1);
- **shares of one**: a softmax over all models (a learned soup, found without gradients);
- **one weight each**: free weights (AdaMerging by certainty; evolutionary merging);
- **weight and density each**: for TIES and DARE, as evolutionary merging searches them;
- **one mask over parts of the layers** (grouped Concrete mask, an approximation): task vectors are kept or dropped together, by four parts of the depth and by attention and feed-forward; all have the weight *Mean*. The published method has a mask on every weight and learns it by gradients;
- **a share for each part of the layers**: two models, shares at the first, middle and last layers with a fixed *Mean* (adaptive model averaging; between them the share runs in a straight line).

Use rows that no test uses: what is searched on cannot judge. A budget of 12 suits one number, 50 to 200 several.`,
    synonyms: ['evolutionary', 'adamerging', 'learned soup', 'bayesian optimisation', 'tune weights', 'cma-es', 'optimise'],
    survey: '3',
    paper: 'Akiba et al. 2024, arXiv:2403.13187; Liu et al. 2024, arXiv:2403.19390; Yang et al. 2023, arXiv:2310.02575',
    systems: ['concrete', 'ama', 'checkpoint-bayes', 'model-soup-learned', 'adamerging', 'evolutionary-weights', 'safe-merging'],
    inputs: {
      models: { wire: 'weights', arity: 'some', summary: 'what to merge' },
      base: { wire: 'weights', arity: 'optional', summary: 'the common ancestor, where the method needs it' },
      data: { wire: 'dataset', arity: 'one', summary: 'prompts and answers to judge by' },
    },
    outputs: {
      weights: { wire: 'weights', summary: 'the best merge' },
      coefficients: { wire: 'text', summary: 'its weights, as a list' },
      report: { wire: 'json', summary: 'every candidate with its loss, in order' },
    },
    params: {
      method: {
        kind: 'choice',
        default: 'linear',
        title: 'Method',
        summary: 'how candidates are merged',
        options: methodOptions(weighted),
      },
      form: {
        kind: 'choice',
        default: 'share',
        title: 'Form',
        summary: 'what is searched',
        options: [
          { value: 'share', title: 'one share (two models)' },
          { value: 'softmax', title: 'shares of one' },
          { value: 'free', title: 'one weight each' },
          { value: 'dense', title: 'weight and density each' },
          { value: 'layers', title: 'a share for each part of the layers (two models)' },
          { value: 'concrete', title: 'one mask over parts of the layers' },
          { value: 'concrete-free', title: 'that mask, and a weight each' },
        ],
      },
      search: {
        kind: 'choice',
        default: 'bayes',
        title: 'Search',
        summary: 'how the next candidate is chosen',
        options: Object.entries(searches).map(([value, { title, summary }]) => ({ value, title, summary })),
      },
      budget: {
        kind: 'number',
        default: 12,
        min: 1,
        max: 10_000,
        integer: true,
        title: 'Budget',
        summary: 'most candidates',
        unit: 'candidates',
      },
      patience: {
        kind: 'number',
        default: 0,
        min: 0,
        max: 10_000,
        integer: true,
        title: 'Patience',
        summary: 'stop after so many candidates without a better one; 0: use the whole budget',
        unit: 'candidates',
        advanced: true,
      },
      low: {
        kind: 'number',
        default: 0,
        min: -10,
        max: 10,
        step: 0.05,
        title: 'Least',
        summary: 'least weight',
        when: { param: 'form', in: ['share', 'free', 'dense', 'concrete-free'] },
      },
      high: {
        kind: 'number',
        default: 1,
        min: -10,
        max: 10,
        step: 0.05,
        title: 'Most',
        summary: 'largest weight',
        when: { param: 'form', in: ['share', 'free', 'dense', 'concrete-free'] },
      },
      mean: {
        kind: 'number',
        default: 0.5,
        min: 0,
        max: 1,
        step: 0.05,
        title: 'Mean',
        summary: 'mean share of the first model over the layers; with a mask: the weight of every model',
        when: { param: 'form', in: ['layers', 'concrete'] },
      },
      objective: objectiveParam,
      ...rowsParams,
    },
    effect: 'pure',
    resource: 'model',
    stochastic: true,
  },
  async ({ inputs: { models, base, data }, params, context }) => {
    const rows = rowsOf(data, params)
    const method = find(params.method) as AnyMethod
    const form = formOf(params.form, models.length, params)
    const expressionOf = (point: readonly number[]): WeightsExpression => ({
      op: 'merge',
      method: method.name,
      ...(base === undefined ? {} : { base }),
      models: models.map((weights, index) => ({ weights, params: form.each(point)[index] ?? {} })),
      params: {},
      seed: method.stochastic ? context.seed : 0,
    })
    let done = 0
    const judge = async (point: readonly number[]): Promise<number> => {
      const loss = await lossOfWeights(expressionOf(point), rows, params.objective, context)
      context.progress(++done, params.budget, 'candidates')
      context.metric('loss', loss, { step: done, point })
      return loss
    }
    const { best, evaluations } = await searches[params.search as SearchName].search(form.space, judge, {
      budget: params.budget,
      seed: context.seed,
      ...(params.patience > 0 ? { patience: params.patience } : {}),
    })
    return {
      weights: expressionOf(best.point),
      coefficients: form
        .each(best.point)
        .map(({ weight }) => (typeof weight === 'number' ? weight : JSON.stringify(weight)))
        .join(', '),
      report: {
        best: { point: best.point, loss: best.loss },
        candidates: evaluations.map(({ point, loss }) => ({ point, loss: Number.isFinite(loss) ? loss : null })),
      },
    }
  },
)

interface Form {
  readonly space: Space
  each(point: readonly number[]): readonly { readonly weight: Json; readonly density?: number }[]
}

interface FormAsked {
  readonly low: number
  readonly high: number
  readonly mean: number
}

type FormName = 'share' | 'softmax' | 'free' | 'dense' | 'layers' | 'concrete' | 'concrete-free'

/** What the numbers of a point mean for each model. */
export function formOf(name: FormName, count: number, { low, high, mean }: FormAsked): Form {
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
    case 'free':
      return { space: box(count, low, high), each: (point) => point.map((weight) => ({ weight })) }
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
        space: { ...box(3, 0, 1), start: [mean, mean, mean] },
        each: (point) => {
          const shares = projectToMean(point, mean)
          return [{ weight: shares }, { weight: shares.map((share) => 1 - share) }]
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
