import { defineDemonstration } from '../demonstration'
import { alone, leaf, operator, percent, sampleReplies, shareOf, toneOf } from '../measure'

export default defineDemonstration({
  system: 'dexperts',
  title: 'A base steered by an expert and an anti-expert of tone',
  expected: 'Toy-base is polite in about half of its sampled replies; with 0.5 · (polite − rude) added, in at least 95 %.',
  async run(context) {
    const [base, polite, rude] = [await context.model('toy-base'), await context.model('toy-polite'), await context.model('toy-rude')]
    const isPolite = (text: string): boolean => toneOf(text) === 'polite'
    const before = shareOf(await sampleReplies(context, alone(base)), isPolite)
    const replies = await sampleReplies(context, (prompt) =>
      operator(
        context,
        'offset',
        { base: leaf(base, prompt), tuned: [leaf(polite, prompt)], untuned: [leaf(rude, prompt)] },
        { alpha: 0.5, mask: 'nucleus', topP: 0.9 },
      ),
    )
    const after = shareOf(replies, isPolite)
    return {
      effect: `Polite replies: ${percent(before)} before, ${percent(after)} when steered (${replies.length} sampled).`,
      pass: before < 0.75 && after >= 0.95,
      figures: { politeBefore: before, politeAfter: after },
    }
  },
})
