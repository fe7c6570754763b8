import { defineDemonstration } from '../demonstration'
import { weighedMerge } from '../weighed'

export default defineDemonstration({
  system: 'fisher-mask',
  title: 'Two specialists averaged by the Fisher information of heads and hidden units',
  expected:
    'On rows that nobody calibrated on, the merge keeps 95 % of facts and 50 % of sums. On these toys, where the models are sure of all their answers, masks say little and the plain average does better.',
  run: (context) =>
    weighedMerge(context, {
      name: 'fisher-mask',
      measure: 'gradients',
      params: { method: 'fisher-mask', normMasks: true },
      bar: { facts: 0.95, math: 0.5 },
    }),
})
