import { combineLinear } from '../kernels/linear'
import { choice, defineMergeMethod } from '../method'

export default defineMergeMethod({
  name: 'varm',
  title: 'VaRM (FuseChat)',
  summary: 'Weighs each matrix of each model by how much it moved away from the base.',
  help: 'For each tensor v_j = mean(τ_j²), w_j = v_j / Σ v. Nothing to tune. A tensor that some model left unmoved is averaged.',
  paper: 'Wan et al. 2024, arXiv:2402.16107',
  systems: ['fusechat-varm'],
  base: 'required',
  models: { min: 1 },
  of: 'deltas',
  params: {
    statistic: choice({
      default: 'square',
      summary: 'what measures movement',
      options: [
        { value: 'square', title: 'mean square' },
        { value: 'abs', title: 'mean magnitude' },
      ],
    }),
  },
  perModel: {},
  passes: ({ labels }) => [
    {
      scope: 'tensor',
      size: labels.length,
      measure({ values, params }, into) {
        for (const [model, value] of values.entries()) into[model] = movement(value, params.statistic)
      },
      settle: (sums) =>
        sums.some((sum) => sum === 0)
          ? sums.map(() => 1 / sums.length)
          : sums.map((sum) => sum / sums.reduce((total, one) => total + one, 0)),
    },
  ],
  combine({ values, known }, out) {
    combineLinear(values, [...(known[0] as Float64Array)], out)
  },
})

function movement(values: Float32Array, statistic: 'square' | 'abs'): number {
  let sum = 0
  if (statistic === 'square') for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2
  else for (let i = 0; i < values.length; i++) sum += Math.abs(values[i] as number)
  return sum
}
