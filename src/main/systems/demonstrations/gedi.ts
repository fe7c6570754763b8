import { defineDemonstration } from '../demonstration'
import { alone, leaf, operator, percent, sampleReplies, shareOf, toneOf } from '../measure'

export default defineDemonstration({
  system: 'gedi',
  title: 'Two class models steer a base by Bayes’ rule',
  expected:
    'With toy-polite and toy-rude as class models (ω = 3), at least 90 % of the sampled replies of toy-base are polite; about half without.',
  async run(context) {
    const [base, polite, rude] = [await context.model('toy-base'), await context.model('toy-polite'), await context.model('toy-rude')]
    const isPolite = (text: string): boolean => toneOf(text) === 'polite'
    const before = shareOf(await sampleReplies(context, alone(base)), isPolite)
    const replies = await sampleReplies(context, (prompt) =>
      operator(
        context,
        'class-bayes',
        { of: leaf(base, prompt), desired: leaf(polite, prompt), undesired: leaf(rude, prompt) },
        { strength: 3, history: 'sum' },
      ),
    )
    const after = shareOf(replies, isPolite)
    return {
      effect: `Polite replies: ${percent(before)} before, ${percent(after)} when steered (${replies.length} sampled).`,
      pass: before < 0.75 && after >= 0.9,
      figures: { politeBefore: before, politeAfter: after },
    }
  },
})
