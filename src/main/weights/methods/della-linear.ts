import { mergeSparse } from '../kernels/merge-sparse'
import { byRankAtRandom, checkWindow, densityOf, type Rescale } from '../kernels/sparsify'
import { boolean, choice, defineMergeMethod, number, weightOf } from '../method'

export default defineMergeMethod({
  name: 'della-linear',
  title: 'DELLA, then add',
  summary: 'Drops changes at random, small ones more often, and adds the rest to the base.',
  help: `As *DELLA*, with a plain weighted sum in place of the election.`,
  paper: 'Deep et al. 2024, arXiv:2406.11617',
  systems: ['della'],
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
    epsilon: number({ default: 0.15, min: 0, max: 0.5, step: 0.01, summary: 'how far the chance moves with the rank, to either side' }),
  },
  perModel: {
    weight: weightOf(1),
    density: number({ default: 0.5, min: 0, max: 1, step: 0.05, summary: 'mean chance of an entry to stay' }),
  },
  check({ params, perModel }) {
    for (const { density } of perModel) checkWindow(density, params.epsilon, 'della-linear')
  },
  passes: ({ perModel }) => sparsifier(perModel.length).passes,
  combine(input, out) {
    const { params, perModel } = input
    mergeSparse(
      input,
      sparsifier(perModel.length),
      { weights: perModel.map(({ weight }) => weight), scale: params.scale, normalize: params.normalize, owner: 'della-linear' },
      out,
    )
  },
})

const sparsifier = (models: number) =>
  byRankAtRandom<{ readonly epsilon: number; readonly rescale: Rescale }, { readonly density: number }>(
    models,
    densityOf,
    ({ params }) => params.epsilon,
    ({ params }) => params.rescale,
  )
