import { defineDemonstration } from '../demonstration'
import { alone, drafterOf, percent, shareOf, tallyDecoding, toneOf } from '../measure'

export default defineDemonstration({
  system: 'speculative-sampling',
  title: 'A small model guesses, the target checks: the same text in fewer passes',
  expected:
    'With toy-draft, greedy text of toy-base is the same on all of 90 prompts in at most 0.7 of the passes, at least 70 % of the guesses are kept, and the tone of sampled replies moves by under 20 points.',
  async run(context) {
    const target = await context.model('toy-base')
    const drafter = await drafterOf(context, 'model', { model: await context.model('toy-draft') })
    const items = [...(await context.evalSet('facts', 50)), ...(await context.evalSet('copy', 30)), ...(await context.evalSet('story', 10))]
    const plain = await tallyDecoding(context, items, alone(target))
    const drafted = await tallyDecoding(context, items, alone(target), drafter)
    const same = shareOf([...plain.texts.entries()], ([index, text]) => text === drafted.texts[index])
    const polite = async (withDrafter: boolean): Promise<number> => {
      const texts: string[] = []
      for (const { prompt } of await context.evalSet('style')) {
        const { candidates } = await context.node('decoder', {
          inputs: { distribution: alone(target)(prompt), ...(withDrafter ? { drafter } : {}) },
          params: { temperature: 1, maxTokens: 28, samples: 4 },
          seed: texts.length + (withDrafter ? 7000 : 0),
        })
        texts.push(...(candidates as { text: string }[]).map(({ text }) => text))
      }
      return shareOf(texts, (text) => toneOf(text) === 'polite')
    }
    const [sampled, sampledDrafted] = [await polite(false), await polite(true)]
    const figures = {
      sameText: same,
      passesShare: drafted.passes / plain.passes,
      acceptance: drafted.accepted / Math.max(1, drafted.drafted),
      politePlain: sampled,
      politeDrafted: sampledDrafted,
    }
    return {
      effect: `Same greedy text on ${percent(same)}, in ${percent(figures.passesShare)} of the passes, ${percent(figures.acceptance)} of the guesses kept; polite replies ${percent(sampled)} plain and ${percent(sampledDrafted)} drafted.`,
      pass: same === 1 && figures.passesShare <= 0.7 && figures.acceptance >= 0.7 && Math.abs(sampled - sampledDrafted) < 0.2,
      figures,
    }
  },
})
