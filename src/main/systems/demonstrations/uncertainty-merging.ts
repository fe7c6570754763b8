import { defineDemonstration } from '../demonstration'
import { weighedMerge } from '../weighed'

export default defineDemonstration({
  system: 'uncertainty-merging',
  title: 'Task vectors added by how sure their models are of them',
  expected: 'On rows that nobody calibrated on, the merge reaches 80 % of facts and 95 % of sums.',
  run: (context) =>
    weighedMerge(context, {
      name: 'uncertainty',
      measure: 'gradients',
      params: { method: 'uncertainty' },
      base: 'toy-base',
      ofBase: ['math', 'facts'],
      bar: { facts: 0.8, math: 0.95 },
    }),
})
