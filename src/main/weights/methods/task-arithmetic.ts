import { normalised } from '../kernels/linear'
import { boolean, defineMergeMethod, number, weightOf } from '../method'
import { refuse } from '../settings'

export default defineMergeMethod({
  name: 'task-arithmetic',
  title: 'Task arithmetic',
  summary: 'Adds what each model learnt to the base; a negative weight takes it away.',
  help: 'θ* = base + λ Σ w_i (θ_i − base). Weights of 0.3 to 0.7 suit several tasks together; −1 makes the model forget. With weights that sum to 1 it equals the weighted average.',
  formula: 'θ* = base + {scale} · Σ w_i (θ_i − base){normalize? / Σ w_i}, w = {weight}',
  paper: 'Ilharco et al. 2023, arXiv:2212.04089',
  systems: ['task-arithmetic'],
  base: 'required',
  models: { min: 1 },
  of: 'deltas',
  params: {
    scale: number({ default: 1, min: -10, max: 10, step: 0.05, summary: 'one factor for the whole sum (λ)' }),
    normalize: boolean({ default: false, summary: 'divide by the sum of the weights' }),
  },
  perModel: { weight: weightOf(1) },
  factors({ perModel, params }) {
    const weights = perModel.map(({ weight }) => weight)
    const shares = params.normalize
      ? normalised(weights, () => refuse('Task arithmetic', 'has weights that sum to zero', 'Turn Normalize off, or change a weight.'))
      : weights
    return shares.map((share) => share * params.scale)
  },
})
