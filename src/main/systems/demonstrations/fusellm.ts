import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { fusedTargets } from '../targets'

export default defineDemonstration({
  system: 'fusellm',
  title: 'What two models of unlike tokens know, as one table to learn from',
  expected:
    'In the targets for toy-base, fused with toy-other (other tokens, other myths) by least surprise, the true answer is the likeliest for at least 10 points more facts than with nobody else as source; between a third and two thirds of the rows come from toy-other. A pupil is not trained here.',
  async run(context) {
    const [own, fused] = [await fusedTargets(context, ['facts'], {}, 'toy-base'), await fusedTargets(context, ['facts'], {})]
    return {
      effect: `The true answer is the likeliest for ${percent(own.favoured)} of the facts with toy-base alone, ${percent(fused.favoured)} fused; ${percent(fused.fromOther)} of the rows come from toy-other, whose likelihoods could be moved to ${percent(fused.moved)} of the tokens.`,
      pass: fused.favoured >= own.favoured + 0.1 && fused.fromOther > 1 / 3 && fused.fromOther < 2 / 3,
      figures: { own: own.favoured, fused: fused.favoured, fromOther: fused.fromOther, moved: fused.moved },
    }
  },
})
