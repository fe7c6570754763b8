import { combineLinear } from '../kernels/linear'
import { defineMergeMethod, number } from '../method'

export default defineMergeMethod({
  name: 'ema',
  title: 'Moving average of checkpoints',
  summary: 'Checkpoints of one run, the later ones counting more.',
  help: 'e ← d·e + (1 − d)·θ, starting from the first checkpoint. The order of the wires is the order of training. A decay of 0 is the last checkpoint; towards 1 it becomes the first.',
  paper: 'Izmailov et al. 2018, arXiv:1803.05407',
  systems: ['swa-ema'],
  base: 'none',
  models: { min: 1 },
  of: 'values',
  ordered: true,
  params: { decay: number({ default: 0.5, min: 0, max: 0.9999, step: 0.01, summary: 'share of the past at each step' }) },
  perModel: {},
  combine({ values, params: { decay } }, out) {
    const last = values.length - 1
    combineLinear(
      values,
      values.map((_, index) => decay ** (last - index) * (index === 0 ? 1 : 1 - decay)),
      out,
    )
  },
})
