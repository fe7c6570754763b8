import { dot } from '../kernels/linear'
import { defineMergeMethod } from '../method'

export default defineMergeMethod({
  name: 'metagpt',
  title: 'MetaGPT',
  summary: 'Task arithmetic with coefficients in closed form, from the lengths of the task vectors.',
  help: 'λ_t = ‖τ_t‖² / Σ ‖τ_k‖², over the whole model; θ* = base + Σ λ_t τ_t. It assumes that the task vectors are nearly orthogonal.',
  formula: 'θ* = base + Σ λ_i τ_i, τ_i = θ_i − base\nλ_i = ‖τ_i‖² / Σ_k ‖τ_k‖²',
  paper: 'Zhou et al. 2024, arXiv:2406.11385',
  systems: ['metagpt'],
  base: 'required',
  models: { min: 1 },
  of: 'deltas',
  orthogonal: 0.2,
  params: {},
  perModel: {},
  passes: ({ labels }) => [
    {
      scope: 'model',
      size: labels.length,
      measure({ values }, into) {
        for (const [model, value] of values.entries()) into[model] = dot(value, value)
      },
      settle(sums) {
        const total = sums.reduce((sum, one) => sum + one, 0)
        return sums.map((sum) => (total === 0 ? 0 : sum / total))
      },
    },
  ],
  factors: ({ known: [shares] }) => [...(shares as Float64Array)],
})
