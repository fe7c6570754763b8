import { combineBy, cosine, type Gram, gramOf, gramPass } from '../kernels/geometry'
import { combineLinear } from '../kernels/linear'
import { boolean, choice, defineMergeMethod, number } from '../method'

export default defineMergeMethod({
  name: 'model-stock',
  title: 'Model Stock',
  summary: 'Goes from the base towards the average as far as the angle between the models says.',
  help: 'With c the mean cosine between task vectors, t = N·c / (1 + (N − 1)·c) and θ* = t·mean + (1 − t)·base. Models that agree go all the way; models that do not stay near the base. Negative cosines would leave the base in the other direction; *clamp* keeps t in 0 to 1.',
  formula:
    'θ* = t · mean θ + (1 − t) · base\nt = k c / (1 + (k − 1) c), c = mean cosine of the θ_i − base{clamp?; t = 0 where c ≤ 0}\ncosine: ⟨a, b⟩ / max(‖a‖ ‖b‖, {floor})',
  paper: 'Jang et al. 2024, arXiv:2403.19522',
  systems: ['model-stock'],
  base: 'required',
  models: { min: 2 },
  of: 'deltas',
  params: {
    clamp: boolean({ default: true, summary: 'keep t between 0 and 1' }),
    floor: number({
      default: 0,
      min: 0,
      max: 1,
      summary: 'least product of two lengths that a cosine is divided by: below it changes count as less alike (MergeKit: 0.000001)',
    }),
    unit: choice({
      default: 'tensor',
      summary: 'what one angle is measured on',
      options: [
        { value: 'tensor', title: 'each tensor' },
        { value: 'row', title: 'each row (filter-wise)' },
      ],
    }),
  },
  perModel: {},
  passes: ({ labels }) => [gramPass(labels.length)],
  coefficients({ labels, params, known: [gram] }) {
    if (params.unit !== 'tensor') return undefined
    const ratio = stockRatio(gramOf(gram as Float64Array, labels.length), labels.length, params)
    return labels.map(() => ratio / labels.length)
  },
  remark(gram, { labels, params }) {
    const ratioAs = (clamp: boolean): number => stockRatio(gram, labels.length, { ...params, clamp })
    return params.clamp && params.unit === 'tensor' && ratioAs(false) !== 0 && ratioAs(true) === 0
      ? 'left as in the base, since the models changed it in opposite directions (the ratio is clamped to 0)'
      : undefined
  },
  combine(input, out) {
    const { values, params } = input
    const factors = (gram: Gram): number[] => values.map(() => stockRatio(gram, values.length, params) / values.length)
    combineBy(input, params.unit, factors, combineLinear, out)
  },
})

/** t for N vectors of this Gram matrix; a zero vector has cosine 0 with all. Neutral: a floor of 0. */
export function stockRatio(gram: Gram, count: number, { clamp, floor }: { readonly clamp: boolean; readonly floor: number }): number {
  let sum = 0
  for (let i = 0; i < count; i++) for (let j = i + 1; j < count; j++) sum += cosine(gram, i, j, floor)
  const c = sum / ((count * (count - 1)) / 2)
  const t = (count * c) / (1 + (count - 1) * c)
  if (!clamp) return Number.isFinite(t) ? t : 0
  // past the pole the formula turns round: opposed models have nothing in common
  return c <= 0 ? 0 : Math.min(1, t)
}
