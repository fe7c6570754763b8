import { defineDemonstration } from '../demonstration'
import { alone, leaf, operator, percent, sampleReplies, shareOf, toneOf } from '../measure'

export default defineDemonstration({
  system: 'detox-contrast',
  title: 'A rude model is subtracted, and the replies become polite',
  expected: 'Toy-base replies rudely about half the time; with toy-rude subtracted under 10 % of sampled replies are rude.',
  async run(context) {
    const [base, rude] = [await context.model('toy-base'), await context.model('toy-rude')]
    const before = shareOf(await sampleReplies(context, alone(base)), (text) => toneOf(text) === 'rude')
    const replies = await sampleReplies(context, (prompt) =>
      operator(
        context,
        'contrast',
        { expert: leaf(base, prompt), amateur: leaf(rude, prompt) },
        { form: 'beta', beta: 1, plausibility: 0.05 },
      ),
    )
    const after = shareOf(replies, (text) => toneOf(text) === 'rude')
    return {
      effect: `Rude replies: ${percent(before)} before, ${percent(after)} with the contrast (${replies.length} sampled).`,
      pass: before > 0.25 && after < 0.1,
      figures: { rudeBefore: before, rudeAfter: after },
    }
  },
})
