import { mergeSparse } from '../kernels/merge-sparse'
import { atRandom, densityOf, type Rescale } from '../kernels/sparsify'
import { boolean, choice, defineMergeMethod, number, weightOf } from '../method'

export default defineMergeMethod({
  name: 'dare-ties',
  title: 'DARE, then TIES',
  summary: 'Drops changes at random, then elects a sign at each place and joins the changes that agree.',
  help: `As *DARE, then add*, with the election and agreement of TIES in place of the plain sum.`,
  paper: 'Yu et al. 2023, arXiv:2311.03099',
  systems: ['dare', 'ties'],
  base: 'required',
  models: { min: 1 },
  of: 'deltas',
  stochastic: true,
  params: {
    scale: number({ default: 1, min: -10, max: 10, step: 0.05, summary: 'one factor for the merged difference (λ)' }),
    normalize: boolean({ default: false, summary: 'divide by the weights that take part' }),
    rescale: choice({
      default: 'inverse_keep',
      summary: 'what makes up for the dropped entries',
      options: [
        { value: 'inverse_keep', title: 'divide by the chance to stay' },
        { value: 'l1', title: 'keep the sum of magnitudes (MergeKit)' },
        { value: 'none', title: 'nothing' },
      ],
    }),
  },
  perModel: {
    weight: weightOf(1),
    density: number({ default: 0.5, min: 0, max: 1, step: 0.05, summary: 'chance of an entry to stay' }),
  },

  passes: ({ perModel }) => sparsifier(perModel.length).passes,
  combine(input, out) {
    const { params, perModel } = input
    mergeSparse(
      input,
      sparsifier(perModel.length),
      {
        weights: perModel.map(({ weight }) => weight),
        scale: params.scale,
        consensus: { vote: 'sum', join: 'mean' },
        normalize: params.normalize,
        owner: 'dare-ties',
      },
      out,
    )
  },
})

const sparsifier = (models: number) =>
  atRandom<{ readonly rescale: Rescale }, { readonly density: number }>(models, densityOf, ({ params }) => params.rescale)
