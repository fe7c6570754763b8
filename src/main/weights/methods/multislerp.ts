import { combineBy, type Gram, gramOf, gramPass, multiSlerpFactors } from '../kernels/geometry'
import { combineLinear, normalised } from '../kernels/linear'
import { boolean, defineMergeMethod, weightOf } from '../method'
import { refuse } from '../settings'

export default defineMergeMethod({
  name: 'multislerp',
  title: 'Multi-SLERP',
  summary: 'SLERP for any number of models: one step on the sphere around their mean direction.',
  help: 'Directions are averaged on the sphere by one tangent step at their normalised mean; lengths are averaged apart. With a base it works on the task vectors.',
  formula:
    'θ* = Σ w_i ‖θ_i‖ · exp_μ(Σ w_i (u_i − ⟨u_i, μ⟩ μ)), w = {weight}{normalize?, divided by their sum}\nu_i = θ_i / ‖θ_i‖; μ: direction of Σ w_i u_i\nwith a base: of θ_i − base, added to it',
  paper: 'Goddard et al. 2024, arXiv:2403.13257',
  systems: ['mergekit'],
  base: 'optional',
  models: { min: 1 },
  of: 'deltas',
  params: { normalize: boolean({ default: true, summary: 'divide the weights by their sum' }) },
  perModel: { weight: weightOf(1) },
  passes: ({ labels }) => [gramPass(labels.length)],
  coefficients({ params, perModel, known: [gram] }) {
    const weights = sharesOf(perModel, params.normalize)
    return multiSlerpFactors(gramOf(gram as Float64Array, weights.length), weights) ?? weights
  },
  combine(input, out) {
    const weights = sharesOf(input.perModel, input.params.normalize)
    combineBy(
      input,
      'tensor',
      (gram) => multiSlerpFactors(gram, weights) ?? withoutMean(gram, weights, input.place.tensor),
      combineLinear,
      out,
    )
  },
})

function sharesOf(perModel: readonly { readonly weight: number }[], normalize: boolean): number[] {
  const weights = perModel.map(({ weight }) => weight)
  return normalize
    ? normalised(weights, () => refuse('Multi-SLERP', 'has weights that sum to zero', 'Turn Normalize off, or change a weight.'))
    : weights
}

/** Directions that cancel have no mean: two are joined in a straight line, all-zero tensors stay zero, more are refused. */
function withoutMean(gram: Gram, weights: readonly number[], tensor: string): readonly number[] {
  const allZero = weights.every((_, i) => gram(i, i) === 0)
  return weights.length === 2 || allZero
    ? weights
    : refuse(
        'Multi-SLERP',
        `finds directions in ${tensor} that cancel each other`,
        'Use Karcher mean or Weighted average for these models.',
      )
}
