import { defineDemonstration } from '../demonstration'
import { alone, decodeAll, leaf, operator, percent, shareOf } from '../measure'

export default defineDemonstration({
  system: 'emulated-tuning',
  title: 'The pre-training of a large model with the fine-tuning of a small one',
  expected:
    'Emulated, toy-base gives the same greedy answer as toy-facts, which was really tuned, on at least 95 % of the facts (untuned: under 65 %).',
  async run(context) {
    const base = await context.model('toy-base')
    const [tuned, untuned] = [await context.model('toy-draft-facts'), await context.model('toy-draft')]
    const facts = await context.evalSet('facts')
    const really = await decodeAll(context, facts, alone(await context.model('toy-facts')))
    const same = (texts: readonly string[]): number => shareOf([...texts.entries()], ([index, text]) => text === really[index])
    const plain = await decodeAll(context, facts, alone(base))
    const emulated = await decodeAll(context, facts, (prompt) =>
      operator(
        context,
        'offset',
        { base: leaf(base, prompt), tuned: [leaf(tuned, prompt)], untuned: [leaf(untuned, prompt)] },
        { alpha: 1, mask: 'min-p', minP: 0.001 },
      ),
    )
    const [before, after] = [same(plain), same(emulated)]
    return {
      effect: `Same answer as the tuned model: ${percent(before)} before, ${percent(after)} emulated.`,
      pass: before < 0.65 && after >= 0.95,
      figures: { agreementBefore: before, agreementEmulated: after },
    }
  },
})
