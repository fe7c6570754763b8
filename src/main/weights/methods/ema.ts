import { combineLinear } from '../kernels/linear'
import { choice, defineMergeMethod, number } from '../method'
import { refuse } from '../settings'

export default defineMergeMethod({
  name: 'ema',
  title: 'Moving average of checkpoints',
  summary: 'Checkpoints of one run, all alike (SWA) or the later ones counting more.',
  help: 'The order of the wires is the order of training; of them the one at *First* and every *Stride*-th after it take part. Falling: e ← d·e + (1 − d)·θ, starting from the first that takes part; a decay of 0 is the last one, towards 1 it becomes the first. Alike: their plain mean, as in stochastic weight averaging.',
  formula:
    'over the models number {first}, {first} + {stride}, … in the order of the wires, with d = {decay}\nfalling: e ← d · e + (1 − d) · θ; alike: their mean',
  paper: 'Izmailov et al. 2018, arXiv:1803.05407',
  systems: ['swa-ema'],
  base: 'none',
  models: { min: 1 },
  of: 'values',
  ordered: true,
  params: {
    shares: choice({
      default: 'falling',
      summary: 'how much each checkpoint counts',
      options: [
        { value: 'falling', title: 'the later the more (EMA)' },
        { value: 'alike', title: 'all alike (SWA)' },
      ],
    }),
    decay: number({ default: 0.5, min: 0, max: 0.9999, step: 0.01, summary: 'share of the past at each step; of EMA alone' }),
    first: number({ default: 1, min: 1, integer: true, title: 'First', summary: 'the first checkpoint that takes part, counted from 1' }),
    stride: number({ default: 1, min: 1, integer: true, title: 'Stride', summary: 'of those after it, every so many-th takes part' }),
  },
  perModel: {},
  check({ params: { first }, labels }) {
    if (first > labels.length) refuse('ema', `starts at checkpoint ${first}, and was given ${labels.length}`, 'Choose an earlier First.')
  },
  combine({ values, params: { shares, decay, first, stride } }, out) {
    const taken = values.filter((_, index) => index >= first - 1 && (index - first + 1) % stride === 0)
    const last = taken.length - 1
    combineLinear(
      taken,
      taken.map((_, index) => (shares === 'alike' ? 1 / taken.length : decay ** (last - index) * (index === 0 ? 1 : 1 - decay))),
      out,
    )
  },
})
