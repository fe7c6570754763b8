import { defineDemonstration } from '../demonstration'
import { likelyWeights } from '../likely-weights'

export default defineDemonstration({
  system: 'lm-cocktail',
  title: 'A few examples weigh the models for a task',
  expected: 'With eight facts as examples the facts model weighs most, and the mix answers at least 90 % of the facts.',
  run: (context) => likelyWeights(context, { name: 'lm-cocktail', set: 'facts', expert: 'toy-facts', bar: 0.9 }),
})
