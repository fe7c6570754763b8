import { mergeSparse } from '../kernels/merge-sparse'
import { byMagnitude, densityOf } from '../kernels/sparsify'
import { boolean, choice, defineMergeMethod, number, weightOf } from '../method'
import { keptShare, trimScope } from '../trimming'

export default defineMergeMethod({
  name: 'ties',
  title: 'TIES',
  summary: 'Trims small changes, elects a sign at each place, joins the changes that agree.',
  help: `Each task vector keeps its largest entries (*density*); at each position the heavier sign wins; the entries of that sign are averaged. It helps where models pull in opposite directions. The paper trims over the whole model (*scope*); MergeKit trims each tensor.`,
  paper: 'Yadav et al. 2023, arXiv:2306.01708',
  systems: ['ties'],
  base: 'required',
  models: { min: 1 },
  of: 'deltas',

  params: {
    scale: number({ default: 1, min: -10, max: 10, step: 0.05, summary: 'one factor for the merged difference (λ)' }),
    normalize: boolean({ default: true, summary: 'divide by the weights that take part' }),
    scope: trimScope,
    vote: choice({
      default: 'sum',
      summary: 'how a sign is elected',
      options: [
        { value: 'sum', title: 'by weight of the changes' },
        { value: 'count', title: 'by number of models' },
      ],
    }),
    join: choice({
      default: 'mean',
      summary: 'how agreeing changes join',
      options: [
        { value: 'mean', title: 'their mean (or sum)' },
        { value: 'max', title: 'the largest' },
      ],
    }),
  },
  perModel: {
    weight: weightOf(1),
    density: keptShare,
  },

  passes: ({ params, perModel }) => byMagnitude(params.scope, perModel.length, densityOf).passes,
  combine(input, out) {
    const { params, perModel } = input
    mergeSparse(
      input,
      byMagnitude(params.scope, perModel.length, densityOf),
      {
        weights: perModel.map(({ weight }) => weight),
        scale: params.scale,
        consensus: { vote: params.vote, join: params.join },
        normalize: params.normalize,
        owner: 'ties',
      },
      out,
    )
  },
})
