import { defineDemonstration } from '../demonstration'
import { alone, drafterOf, percent, shareOf, tallyDecoding } from '../measure'

export default defineDemonstration({
  system: 'eesd',
  title: 'A drafter learns from what is accepted how far to guess ahead',
  expected: 'With toy-draft learning by Thompson sampling, greedy text of toy-base is the same and takes at most 0.7 of the passes.',
  async run(context) {
    const target = await context.model('toy-base')
    const items = [
      ...(await context.evalSet('story', 12)),
      ...(await context.evalSet('copy', 30)),
      ...(await context.evalSet('entail', 20)),
    ]
    const plain = await tallyDecoding(context, items, alone(target))
    const drafter = await drafterOf(context, 'thompson', { model: await context.model('toy-draft') })
    const drafted = await tallyDecoding(context, items, alone(target), drafter)
    const same = shareOf([...plain.texts.entries()], ([index, text]) => text === drafted.texts[index])
    const passes = drafted.passes / plain.passes
    return {
      effect: `Same text on ${percent(same)} of ${items.length} prompts, in ${percent(passes)} of the passes; ${percent(drafted.accepted / Math.max(1, drafted.drafted))} of the guesses kept.`,
      pass: same === 1 && passes <= 0.7,
      figures: { sameText: same, passesShare: passes, acceptance: drafted.accepted / Math.max(1, drafted.drafted) },
    }
  },
})
