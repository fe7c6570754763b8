import { defineDemonstration } from '../demonstration'
import { politer } from '../toned'

export default defineDemonstration({
  system: 'gedi',
  title: 'Two class models steer a base by Bayes’ rule',
  expected:
    'With toy-polite and toy-rude as class models (ω = 3), at least 90 % of the sampled replies of toy-base are polite; about half without.',
  run: (context) =>
    politer(context, {
      steer: {
        operator: 'class-bayes',
        inputs: ({ base, polite, rude }) => ({ of: base, desired: polite, undesired: rude }),
        params: { strength: 3, history: 'sum' },
      },
      least: 0.9,
    }),
})
