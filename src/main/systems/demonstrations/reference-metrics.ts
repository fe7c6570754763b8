import type { Candidate } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { alone, decodeAll, percent, shareOf } from '../measure'

export default defineDemonstration({
  system: 'reference-metrics',
  title: 'Answers ranked by what a model finds likely',
  expected:
    'Where toy-base, toy-other and toy-liar disagree and one of them is right, likelihood under toy-facts puts the right answer first at least 95 times in 100.',
  async run(context) {
    const judge = await context.model('toy-facts')
    const sources = ['toy-liar', 'toy-base', 'toy-other']
    const facts = await context.evalSet('facts')
    const answers: string[][] = []
    for (const id of sources) answers.push(await decodeAll(context, facts, alone(await context.model(id))))
    const contested = [...facts.entries()].filter(([index, { answer }]) => {
      const given = answers.map((texts) => texts[index])
      return given.includes(answer) && new Set(given).size > 1
    })
    const best: string[] = []
    for (const [index, { prompt }] of contested) {
      const candidates: Candidate[] = sources.map((source, at) => ({ source, text: answers[at]?.[index] ?? '' }))
      const ranked = await context.node('ranker', {
        inputs: { candidates, question: prompt },
        params: { method: 'likelihood', model: judge, form: 'text' },
      })
      best.push(ranked.best as string)
    }
    const right = shareOf([...contested.entries()], ([at, [, { answer }]]) => best[at] === answer)
    return {
      effect: `The right answer comes first for ${percent(right)} of ${contested.length} contested facts.`,
      pass: contested.length >= 50 && right >= 0.95,
      figures: { contested: contested.length, rightFirst: right },
    }
  },
})
