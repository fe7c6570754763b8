import { defineDemonstration } from '../demonstration'
import { alone, drafterOf, percent, shareOf, tallyDecoding } from '../measure'

export default defineDemonstration({
  system: 'anpd',
  title: 'N-grams of the text itself guess what comes next',
  expected: 'On texts that repeat their prompt, greedy text stays the same and each pass of the model brings at least 1.5 tokens.',
  async run(context) {
    const target = await context.model('toy-base')
    const items = (await context.evalSet('copy')).filter(({ answer }) => answer.split(' ').length >= 6)
    const plain = await tallyDecoding(context, items, alone(target))
    const drafted = await tallyDecoding(context, items, alone(target), await drafterOf(context, 'ngram'))
    const same = shareOf([...plain.texts.entries()], ([index, text]) => text === drafted.texts[index])
    const perPass = drafted.tokens / drafted.passes
    return {
      effect: `Same text on ${percent(same)} of ${items.length} prompts; ${perPass.toFixed(2)} tokens a pass instead of ${(plain.tokens / plain.passes).toFixed(2)}.`,
      pass: same === 1 && perPass >= 1.5,
      figures: { sameText: same, tokensPerPass: perPass, plainTokensPerPass: plain.tokens / plain.passes },
    }
  },
})
