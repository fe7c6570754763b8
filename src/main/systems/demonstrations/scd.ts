import { defineDemonstration } from '../demonstration'
import { drafterOf, leaf, operator, percent, shareOf, tallyDecoding } from '../measure'

export default defineDemonstration({
  system: 'scd',
  title: 'The amateur of a contrast drafts for it',
  expected: 'A contrast of toy-base and toy-draft writes the same greedy text with toy-draft as drafter, in at most 0.8 of the passes.',
  async run(context) {
    const [expert, amateur] = [await context.model('toy-base'), await context.model('toy-draft')]
    const items = [...(await context.evalSet('copy', 25)), ...(await context.evalSet('story', 8)), ...(await context.evalSet('facts', 25))]
    const contrast = (prompt: string) =>
      operator(
        context,
        'contrast',
        { expert: leaf(expert, prompt), amateur: leaf(amateur, prompt) },
        { form: 'beta', beta: 0.3, plausibility: 0.1 },
      )
    const plain = await tallyDecoding(context, items, contrast)
    const drafted = await tallyDecoding(context, items, contrast, await drafterOf(context, 'model', { model: amateur }))
    const same = shareOf([...plain.texts.entries()], ([index, text]) => text === drafted.texts[index])
    const passes = drafted.passes / plain.passes
    return {
      effect: `Same text on ${percent(same)} of ${items.length} prompts, in ${percent(passes)} of the passes.`,
      pass: same === 1 && passes <= 0.8,
      figures: { sameText: same, passesShare: passes, acceptance: drafted.accepted / Math.max(1, drafted.drafted) },
    }
  },
})
