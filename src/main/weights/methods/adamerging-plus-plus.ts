import { mergeSparse } from '../kernels/merge-sparse'
import { byMagnitude, densityOf } from '../kernels/sparsify'
import { defineMergeMethod, number, weightOf } from '../method'
import { keptShare, trimScope } from '../trimming'

export default defineMergeMethod({
  name: 'adamerging-plus-plus',
  title: 'AdaMerging++ (task arithmetic of elected changes)',
  summary: 'Trims task vectors and drops what goes against the elected sign, as TIES does; then each has a weight of its own.',
  help: 'θ* = base + λ Σ w_i τ̂_i, where τ̂_i keeps of each task vector its largest entries (*density*) that agree with the sign elected by equal votes. TIES averages what is left; here the weights are free, which is what *Search coefficients* by certainty finds without any answers.',
  formula:
    'θ* = base + {scale} · Σ w_i τ̂_i, w = {weight}\nτ̂_i: the largest {density} of θ_i − base, of these the ones with sign s = sign Σ τ̂_i',
  paper: 'Yang et al. 2023, arXiv:2310.02575',
  systems: ['adamerging'],
  base: 'required',
  models: { min: 1 },
  of: 'deltas',
  params: {
    scale: number({ default: 1, min: -10, max: 10, step: 0.05, summary: 'one factor for the merged difference (λ)' }),
    scope: trimScope,
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
        elect: true,
        normalize: false,
        owner: 'AdaMerging++ (task arithmetic of elected changes)',
      },
      out,
    )
  },
})
