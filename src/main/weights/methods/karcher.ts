import { gramOf, gramPass, karcherFactors } from '../kernels/geometry'
import { normalised } from '../kernels/linear'
import { defineMergeMethod, number, weightOf } from '../method'
import { refuse } from '../settings'

export default defineMergeMethod({
  name: 'karcher',
  title: 'Karcher mean',
  summary: 'The mean of the models on the sphere: the point with the least squared arc length to all.',
  help: 'Iterates the tangent step of Multi-SLERP until it settles. For two models it is SLERP at one half of their directions, at their mean length.',
  formula:
    'μ ← exp_μ(Σ w_i log_μ(θ_i / ‖θ_i‖)) until a step is below {tolerance}, {iterations} times at most; w = {weight}, divided by their sum\nθ* = Σ w_i ‖θ_i‖ · μ',
  paper: 'Karcher 1977; Goddard et al. 2024, arXiv:2403.13257',
  systems: ['mergekit'],
  base: 'none',
  models: { min: 1 },
  of: 'values',
  params: {
    iterations: number({ default: 10, min: 1, max: 1000, integer: true, summary: 'most steps', unit: 'steps' }),
    tolerance: number({ default: 0.00001, min: 1e-12, max: 0.1, summary: 'a step shorter than this ends it', unit: 'radians' }),
  },
  perModel: { weight: weightOf(1) },
  passes: ({ labels }) => [gramPass(labels.length)],
  factors({ perModel, params, known: [gram] }) {
    const weights = normalised(
      perModel.map(({ weight }) => weight),
      () => refuse('Karcher mean', 'has weights that sum to zero', 'Change a weight.'),
    )
    return karcherFactors(gramOf(gram as Float64Array, weights.length), weights, params)
  },
})
