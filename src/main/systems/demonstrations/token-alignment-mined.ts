import { alignedFacts } from '../aligned'
import { defineDemonstration } from '../demonstration'

export default defineDemonstration({
  system: 'token-alignment-mined',
  title: 'Tokens without a partner go to the one that differs least',
  expected:
    'Read in the tokens of toy-base (768), toy-other (512 other ones) keeps its facts within 5 points; averaged with toy-base it lifts it by at least 10 points, and is no worse than toy-other. Laid beside the tokens of toy-base by dynamic programming, at least half of the answers’ tokens get what toy-other held likely, and the true answer is the likeliest for at least 5 points more facts than by toy-base alone.',
  run: (context) => alignedFacts(context, { by: 'nearest', k: 10 }),
})
