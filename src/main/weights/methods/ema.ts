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
    if (first > labels.length)
      refuse('Moving average of checkpoints', `starts at checkpoint ${first}, and was given ${labels.length}`, 'Choose an earlier First.')
  },
  coefficients({ labels, params }) {
    const taken = takenOf(labels.length, params)
    const shares = sharesOf(taken.length, params)
    return labels.map((_, index) => shares[taken.indexOf(index)] ?? 0)
  },
  combine({ values, params }, out) {
    const taken = takenOf(values.length, params)
    combineLinear(
      taken.map((index) => values[index] as Float32Array),
      sharesOf(taken.length, params),
      out,
    )
  },
})

/** Places of the checkpoints that take part. */
const takenOf = (count: number, { first, stride }: { readonly first: number; readonly stride: number }): number[] =>
  Array.from({ length: count }, (_, index) => index).filter((index) => index >= first - 1 && (index - first + 1) % stride === 0)

/** Of `count` checkpoints in order. */
const sharesOf = (count: number, { shares, decay }: { readonly shares: 'falling' | 'alike'; readonly decay: number }): number[] =>
  Array.from({ length: count }, (_, at) => (shares === 'alike' ? 1 / count : decay ** (count - 1 - at) * (at === 0 ? 1 : 1 - decay)))
