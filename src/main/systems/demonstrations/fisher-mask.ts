import { defineDemonstration } from '../demonstration'
import { weighedMerge } from '../weighed'

export default defineDemonstration({
  system: 'fisher-mask',
  title: 'Two specialists averaged by the Fisher information of heads and hidden units',
  expected: 'On rows that nobody calibrated on, the merge reaches 90 % of facts and 75 % of sums.',
  run: (context) =>
    weighedMerge(context, {
      name: 'fisher-mask',
      measure: 'gradients',
      params: { method: 'fisher-mask' },
      bar: { facts: 0.9, math: 0.75 },
    }),
})
