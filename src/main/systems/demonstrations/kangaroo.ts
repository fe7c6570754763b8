import { defineDemonstration } from '../demonstration'
import { alone, drafterOf, percent, shareOf, tallyDecoding } from '../measure'

export default defineDemonstration({
  system: 'kangaroo',
  title: 'The first layers of a model guess for the whole of it',
  expected:
    'Half the layers of toy-base, with no adapter trained, guess for the whole: greedy text is the same, in at most 0.8 of the passes.',
  async run(context) {
    const target = await context.model('toy-base')
    const items = [...(await context.evalSet('copy', 30)), ...(await context.evalSet('story', 12)), ...(await context.evalSet('facts', 30))]
    const plain = await tallyDecoding(context, items, alone(target))
    const figures: Record<string, number> = {}
    let same = 1
    const said: string[] = []
    for (const layers of [2, 3]) {
      const drafter = await drafterOf(context, 'kangaroo', { model: target, layers })
      const drafted = await tallyDecoding(context, items, alone(target), drafter)
      same = Math.min(
        same,
        shareOf([...plain.texts.entries()], ([index, text]) => text === drafted.texts[index]),
      )
      const acceptance = drafted.accepted / Math.max(1, drafted.drafted)
      figures[`passesShareOf${layers}`] = drafted.passes / plain.passes
      figures[`acceptanceOf${layers}`] = acceptance
      said.push(
        `${layers} of 4 layers: ${percent(drafted.passes / plain.passes)} of the passes, ${percent(acceptance)} of the guesses kept`,
      )
    }
    return {
      effect: `Same text on ${percent(same)} of ${items.length} prompts. ${said.join('; ')}.`,
      pass: same === 1 && (figures.passesShareOf2 ?? 1) <= 0.8,
      figures: { sameText: same, ...figures },
    }
  },
})
