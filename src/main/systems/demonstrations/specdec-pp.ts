import { defineDemonstration } from '../demonstration'
import { alone, drafterOf, percent, shareOf, tallyDecoding } from '../measure'

export default defineDemonstration({
  system: 'specdec-pp',
  title: 'A draft ends when the risk that a guess is refused grows too large',
  expected:
    'Stopping at a risk of 0.3 keeps the greedy text and raises the share of kept guesses by at least 3 points over drafts of a fixed length.',
  async run(context) {
    const target = await context.model('toy-base')
    const model = await context.model('toy-draft')
    const items = [
      ...(await context.evalSet('story', 12)),
      ...(await context.evalSet('math', 40)),
      ...(await context.evalSet('entail', 20)),
    ]
    const plain = await tallyDecoding(context, items, alone(target))
    const fixed = await tallyDecoding(
      context,
      items,
      alone(target),
      await drafterOf(context, 'model', { model, stopBelow: 0, stopRisk: 1, adaptive: false }),
    )
    const risky = await tallyDecoding(
      context,
      items,
      alone(target),
      await drafterOf(context, 'model', { model, stopBelow: 0, stopRisk: 0.3, adaptive: false }),
    )
    const same = shareOf([...plain.texts.entries()], ([index, text]) => text === risky.texts[index] && text === fixed.texts[index])
    const [before, after] = [fixed.accepted / fixed.drafted, risky.accepted / risky.drafted]
    return {
      effect: `Guesses kept: ${percent(before)} at a fixed length, ${percent(after)} with the stop; same text on ${percent(same)}.`,
      pass: same === 1 && after >= before + 0.03,
      figures: { keptFixed: before, keptWithStop: after, passesFixed: fixed.passes, passesWithStop: risky.passes, sameText: same },
    }
  },
})
