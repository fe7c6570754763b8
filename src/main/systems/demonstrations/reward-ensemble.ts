import type { Candidate } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { percent, shareOf } from '../measure'

export default defineDemonstration({
  system: 'reward-ensemble',
  title: 'Several scorers, one of them wrong',
  expected:
    'Between truth and myth, the scorer that lies is right on fewer than 10 % of the facts; the median of it and two honest ones on at least 90 %.',
  async run(context) {
    const facts = (await context.evalSet('facts')).filter(({ myth }) => myth !== undefined).slice(0, 60)
    const [lied, combined]: [boolean[], boolean[]] = [[], []]
    for (const { prompt, answer, myth = '' } of facts) {
      const candidates: Candidate[] = [{ text: myth }, { text: answer }]
      const rankings: Candidate[][] = []
      for (const id of ['toy-liar', 'toy-facts', 'toy-draft-facts']) {
        const ranked = await context.node('ranker', {
          inputs: { candidates, question: prompt },
          params: { method: 'likelihood', model: await context.model(id) },
        })
        rankings.push(ranked.candidates as Candidate[])
      }
      lied.push(rankings[0]?.[0]?.text === answer)
      const { best } = await context.node('combine-rankings', { inputs: { rankings }, params: { rule: 'median' } })
      combined.push(best === answer)
    }
    const [alone, median] = [shareOf(lied, Boolean), shareOf(combined, Boolean)]
    return {
      effect: `Truth first: ${percent(alone)} by the liar alone, ${percent(median)} by the median of three (${facts.length} facts).`,
      pass: alone < 0.1 && median >= 0.9,
      figures: { liar: alone, median },
    }
  },
})
