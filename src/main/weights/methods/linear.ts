import { normalised } from '../kernels/linear'
import { boolean, defineMergeMethod, weightOf } from '../method'
import { refuse } from '../settings'

export default defineMergeMethod({
  name: 'linear',
  title: 'Weighted average',
  summary: 'A weighted sum of the models.',
  help: 'θ* = Σ w_i θ_i, divided by Σ w_i when *normalize* is on. Negative weights extrapolate away from a model. A weight may be a gradient over the layers, such as `[0, 0.5, 1]`, or chosen by tensor name.',
  formula: 'θ* = Σ w_i θ_i{normalize? / Σ w_i}, w = {weight}',
  paper: 'Survey equation 5; Izmailov et al. 2018, arXiv:1803.05407',
  systems: ['weighted-average', 'merged-evaluators'],
  base: 'none',
  models: { min: 1 },
  of: 'values',
  params: { normalize: boolean({ default: true, summary: 'divide by the sum of the weights' }) },
  perModel: { weight: weightOf(1) },
  factors({ perModel, params }) {
    const weights = perModel.map(({ weight }) => weight)
    return params.normalize
      ? normalised(weights, () => refuse('Weighted average', 'has weights that sum to zero', 'Turn Normalize off, or change a weight.'))
      : weights
  },
})
