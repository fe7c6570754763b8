import type { Candidate } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { leaf, percent, shareOf } from '../measure'

export default defineDemonstration({
  system: 'voting',
  title: 'A model is asked 25 times, and the answer given most often counts',
  expected:
    'On sums of which toy-base is unsure (temperature 0.8) the majority of 25 samples is right at least 8 points more often than a single sample.',
  async run(context) {
    const model = await context.model('toy-base')
    const items = (await context.evalSet('math')).filter(({ difficulty }) => difficulty === 'hard').slice(0, 70)
    let singles = 0
    const winners: string[] = []
    for (const [index, { prompt, answer }] of items.entries()) {
      const { candidates } = await context.node('decoder', {
        inputs: { distribution: leaf(model, prompt) },
        params: { temperature: 0.8, samples: 25, maxTokens: 8 },
        seed: 300 + index * 25,
      })
      singles += shareOf(candidates as Candidate[], ({ text }) => text === answer)
      winners.push((await context.node('majority-vote', { inputs: { candidates }, params: { same: 'number' } })).text as string)
    }
    const single = singles / items.length
    const majority = shareOf([...items.entries()], ([index, { answer }]) => winners[index] === answer)
    return {
      effect: `Sums right: ${percent(single)} by one sample, ${percent(majority)} by the majority of 25.`,
      pass: majority >= single + 0.08,
      figures: { single, majority },
    }
  },
})
