import { combineLinear } from '../kernels/linear'
import { choice, defineMergeMethod, number } from '../method'

export default defineMergeMethod({
  name: 'varm',
  title: 'VaRM (FuseChat)',
  summary: 'Weighs each matrix of each model by how much it moved away from the base.',
  help: 'For each tensor (or layer, module, model, weight: *Unit*) v_j = mean(τ_j²), w_j = v_j / Σ v. Nothing to tune. What some model left unmoved is averaged. With a *Temperature*, w = softmax(v / temperature) of the shares v_j / Σ v instead: high ones weigh all alike.',
  formula:
    'θ* = base + Σ w_i (θ_i − base), w_i = v_i / Σ v\nv_i: mean square (or mean magnitude) of θ_i − base; with a temperature T > 0, w = softmax(v / Σ v / T), T = {temperature}',
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
        { value: 'module', title: 'attention, feed-forward and norms of each layer' },
        { value: 'layer', title: 'each layer' },
        { value: 'model', title: 'the whole model' },
        { value: 'element', title: 'every weight by itself' },
      ],
    }),
    temperature: number({
      default: 0,
      min: 0,
      max: 100,
      step: 0.1,
      summary: 'of a softmax over the shares; 0: the shares themselves. Not for single weights',
    }),
  },
  perModel: {},
  passes: ({ labels, params }) => [
    {
      scope: params.unit === 'model' ? 'model' : params.unit === 'layer' || params.unit === 'module' ? 'group' : 'tensor',
      group: (tensor) => (params.unit === 'layer' ? layerOf(tensor) : moduleOf(tensor)),
      size: labels.length,
      needed: () => params.unit !== 'element',
      measure({ values, params }, into) {
        for (const [model, value] of values.entries()) into[model] = movement(value, params.statistic)
      },
      settle: (sums, { params }) => sharesOf(sums, params.temperature),
    },
  ],
  coefficients: ({ params, known: [shares] }) => (params.unit === 'element' ? undefined : [...(shares as Float64Array)]),
  combine({ values, params, known }, out) {
    if (params.unit === 'element') byElement(values, params.statistic, out)
    else combineLinear(values, [...(known[0] as Float64Array)], out)
  },
})

/** The block that a tensor is of; what stands outside all blocks is a layer of its own. */
const layerOf = (tensor: string): string => /^blk\.\d+\./.exec(tensor)?.[0] ?? tensor

/** As FuseChat cuts a layer: attention, feed-forward, norms; anything else by itself. */
function moduleOf(tensor: string): string {
  const [, block, part = ''] = /^(blk\.\d+)\.(.+)$/.exec(tensor) ?? []
  if (block === undefined) return tensor
  return `${block}/${part.includes('norm') ? 'norms' : part.startsWith('attn') ? 'attention' : part.startsWith('ffn') ? 'feed-forward' : part}`
}

/** v_j / Σ v, equal where one is 0; with a temperature their softmax. */
function sharesOf(movements: Float64Array, temperature: number): Float64Array {
  const total = movements.reduce((sum, one) => sum + one, 0)
  if (movements.some((one) => one === 0)) return movements.map(() => 1 / movements.length)
  const shares = movements.map((one) => one / total)
  if (temperature === 0) return shares
  const exps = shares.map((share) => Math.exp((share - 1) / temperature))
  const mass = exps.reduce((sum, one) => sum + one, 0)
  return mass > 0 ? exps.map((one) => one / mass) : shares
}

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
