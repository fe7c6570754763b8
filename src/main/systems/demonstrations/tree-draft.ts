import { defineDemonstration } from '../demonstration'
import { alone, drafterOf, percent, shareOf, type Tally, tallyDecoding } from '../measure'

export default defineDemonstration({
  system: 'tree-draft',
  title: 'Several first guesses, checked in one pass',
  expected:
    'On sums and stories of toy-base, drafted by toy-draft, two more first guesses leave the text as it is and save at least 3 % of the passes that a chain of guesses needs.',
  async run(context) {
    const [target, model] = [await context.model('toy-base'), await context.model('toy-draft')]
    const items = [...(await context.evalSet('math', 60)), ...(await context.evalSet('story', 12))]
    const under = async (name: string, params: Readonly<Record<string, unknown>> = {}): Promise<Tally> =>
      tallyDecoding(
        context,
        items,
        alone(target),
        await drafterOf(context, name, { model, stopBelow: 0, adaptive: false, most: 3, ...params }),
      )
    const plain = await tallyDecoding(context, items, alone(target))
    const chain = await under('model')
    const tree = await under('tree', { width: 2 })
    const same = shareOf([...plain.texts.entries()], ([index, text]) => tree.texts[index] === text)
    return {
      effect: `Passes: ${plain.passes} plain, ${chain.passes} with a chain, ${tree.passes} with branches; the same text on ${percent(same)}.`,
      pass: same === 1 && tree.passes <= 0.97 * chain.passes,
      figures: { passesPlain: plain.passes, passesChain: chain.passes, passesTree: tree.passes, sameText: same },
    }
  },
})
