import { defineDemonstration } from '../demonstration'
import { likelyWeights } from '../likely-weights'

export default defineDemonstration({
  system: 'branch-train-merge',
  title: 'Experts weighed by how likely they find the text in hand',
  expected: 'With sums as context the math expert weighs most, and the mix solves at least 80 % of the sums.',
  run: (context) => likelyWeights(context, { name: 'branch-train-merge', set: 'math', expert: 'toy-math', bar: 0.8 }),
})
