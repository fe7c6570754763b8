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
    unit: choice({
      default: 'matrix',
      summary: 'what is weighed as one',
      options: [
        { value: 'matrix', title: 'each matrix (FuseChat)' },
        { value: 'model', title: 'the whole model' },
        { value: 'element', title: 'every weight by itself' },
      ],
    }),
  },
  perModel: {},
  passes: ({ labels, params }) => [
    {
      scope: params.unit === 'model' ? 'model' : 'tensor',
      size: labels.length,
      needed: () => params.unit !== 'element',
      measure({ values, params }, into) {
        for (const [model, value] of values.entries()) into[model] = movement(value, params.statistic)
      },
      settle: (sums) =>
        sums.some((sum) => sum === 0)
          ? sums.map(() => 1 / sums.length)
          : sums.map((sum) => sum / sums.reduce((total, one) => total + one, 0)),
    },
  ],
  combine({ values, params, known }, out) {
    if (params.unit === 'element') byElement(values, params.statistic, out)
    else combineLinear(values, [...(known[0] as Float64Array)], out)
  },
})

/** Σ v_j τ_j / Σ v_j at each place, the mean where some model did not move. */
function byElement(values: readonly Float32Array[], statistic: 'square' | 'abs', out: Float32Array): void {
  for (let i = 0; i < out.length; i++) {
    let [sum, mass, plain, isStill] = [0, 0, 0, false]
    for (const value of values) {
      const delta = value[i] as number
      const movement = statistic === 'square' ? delta ** 2 : Math.abs(delta)
      sum += movement * delta
      mass += movement
      plain += delta
      isStill ||= movement === 0
    }
    out[i] = isStill ? plain / values.length : sum / mass
  }
}

function movement(values: Float32Array, statistic: 'square' | 'abs'): number {
  let sum = 0
  if (statistic === 'square') for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2
  else for (let i = 0; i < values.length; i++) sum += Math.abs(values[i] as number)
  return sum
}
