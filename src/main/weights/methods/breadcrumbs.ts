import { mergeSparse } from '../kernels/merge-sparse'
import { densityOf, withoutOutliers } from '../kernels/sparsify'
import { boolean, defineMergeMethod, number, weightOf } from '../method'
import { rescaled } from '../trimming'

export default defineMergeMethod({
  name: 'breadcrumbs',
  title: 'Model breadcrumbs',
  summary: 'Drops the largest and the smallest changes and adds the rest.',
  help: `Of each task vector the *gamma* share of largest entries and the smallest entries go; *density* says how much stays.`,
  formula:
    'θ* = base + {scale} · Σ w_i τ̂_i{normalize? / Σ w_i}, w = {weight}\nτ̂_i: θ_i − base without its largest {gamma}, then without its smallest, until {density} is left{rescale?, times Σ |θ_i − base| / Σ |τ̂_i| of the tensor}',
  paper: 'Davari and Belilovsky 2023, arXiv:2312.06795',
  systems: ['mergekit'],
  base: 'required',
  models: { min: 1 },
  of: 'deltas',

  params: {
    scale: number({ default: 1, min: -10, max: 10, step: 0.05, summary: 'one factor for the merged difference (λ)' }),
    normalize: boolean({ default: false, summary: 'divide by the weights that take part' }),
    gamma: number({ default: 0.01, min: 0, max: 1, step: 0.01, summary: 'share of the largest changes that go' }),
    rescale: rescaled,
  },
  perModel: {
    weight: weightOf(1),
    density: number({ default: 0.9, min: 0, max: 1, step: 0.05, summary: 'share of entries that stay' }),
  },

  passes: ({ params, perModel }) => sparsifier(perModel.length, params.rescale).passes,
  combine(input, out) {
    const { params, perModel } = input
    mergeSparse(
      input,
      sparsifier(perModel.length, params.rescale),
      {
        weights: perModel.map(({ weight }) => weight),
        scale: params.scale,
        normalize: params.normalize,
        owner: 'Drop both tails (breadcrumbs)',
      },
      out,
    )
  },
})

const sparsifier = (models: number, rescale: boolean) =>
  withoutOutliers<{ readonly gamma: number }, { readonly density: number }>(models, densityOf, ({ params }) => params.gamma, rescale)
