import { defineDemonstration } from '../demonstration'
import { alone, drafterOf, percent, shareOf, tallyDecoding } from '../measure'

export default defineDemonstration({
  system: 'eesd',
  title: 'A drafter learns from what is accepted how far to guess ahead',
  expected:
    'With toy-draft learning by Thompson sampling, greedy text of toy-base is the same and takes at most 0.7 of the passes. Of the guesses at least 10 points more are kept than with drafts of a fixed length, in at most 1.25 times their passes.',
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
    const fixed = await tallyDecoding(
      context,
      items,
      alone(target),
      await drafterOf(context, 'model', { model: await context.model('toy-draft'), stopBelow: 0, stopRisk: 1, adaptive: false }),
    )
    const kept = (tally: typeof fixed): number => tally.accepted / Math.max(1, tally.drafted)
    const same = shareOf([...plain.texts.entries()], ([index, text]) => text === drafted.texts[index])
    const passes = drafted.passes / plain.passes
    return {
      effect: `Same text on ${percent(same)} of ${items.length} prompts, in ${percent(passes)} of the passes; ${percent(kept(drafted))} of the guesses kept, ${percent(kept(fixed))} at a fixed length (${drafted.passes} and ${fixed.passes} passes).`,
      pass: same === 1 && passes <= 0.7 && kept(drafted) >= kept(fixed) + 0.1 && drafted.passes <= 1.25 * fixed.passes,
      figures: { sameText: same, passesShare: passes, acceptance: kept(drafted), acceptanceFixed: kept(fixed), passesFixed: fixed.passes },
    }
  },
})
