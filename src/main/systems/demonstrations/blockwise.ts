import { defineDemonstration } from '../demonstration'
import { alone, percent, shareOf, tallyDecoding } from '../measure'
import { uncertainItems, underRule } from '../near-top'

export default defineDemonstration({
  system: 'blockwise',
  title: 'A block is proposed, checked in one pass, and kept as far as it agrees with greedy decoding',
  expected:
    'Accepting only the likeliest token keeps the greedy text on every prompt, in at most 0.75 of the passes; accepting the two likeliest saves further passes.',
  async run(context) {
    const plain = await tallyDecoding(context, await uncertainItems(context), alone(await context.model('toy-base')))
    const strict = await underRule(context, { verify: 'top', rank: 1, gap: 0 })
    const loose = await underRule(context, { verify: 'top', rank: 2, gap: 5 })
    const same = shareOf([...plain.texts.entries()], ([index, text]) => text === strict.texts[index])
    return {
      effect: `Same text on ${percent(same)}; passes ${plain.passes} plain, ${strict.passes} in blocks, ${loose.passes} with the two likeliest.`,
      pass: same === 1 && strict.passes <= 0.75 * plain.passes && loose.passes < strict.passes,
      figures: { sameText: same, passesPlain: plain.passes, passesBlocks: strict.passes, passesLoose: loose.passes },
    }
  },
})
