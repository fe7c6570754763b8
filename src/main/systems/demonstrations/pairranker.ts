import type { Candidate } from '../../../shared/value'
import { type DemonstrationContext, defineDemonstration, type EvalItem } from '../demonstration'
import { isRight, leaf, percent } from '../measure'

const writers = ['toy-base', 'toy-liar', 'toy-draft', 'toy-other'] as const

export default defineDemonstration({
  system: 'pairranker',
  title: 'An encoder that compares answers two by two picks the better one',
  expected:
    'Of answers that four toys drew at temperature 1 to questions in a wording that was never trained, the one that toy-pairranker puts first is right at least 10 points more often than the first answer and 20 more than an answer on average; where a right answer is among them, it is picked at least 80 times in 100.',
  async run(context) {
    const { first, mean, best, within } = await picked(context, await context.evalSet('facts'))
    return {
      effect: `Right: ${percent(best)} of the answers ranked first, ${percent(mean)} of all, ${percent(first)} of the first ones. Where one was right, it was picked in ${percent(within)}.`,
      pass: best >= first + 0.1 && best >= mean + 0.2 && within >= 0.8,
      figures: { first, mean, best, within },
    }
  },
})

/** Shares of items whose first, average and best ranked answer is right; `within`: of those where any answer is. */
interface Picked {
  readonly first: number
  readonly mean: number
  readonly best: number
  readonly within: number
}

async function picked(context: DemonstrationContext, items: readonly EvalItem[]): Promise<Picked> {
  const model = await context.model('toy-pairranker')
  const sum = { first: 0, mean: 0, best: 0, any: 0 }
  for (const [index, item] of items.entries()) {
    const candidates: Candidate[] = []
    for (const writer of writers) {
      const distribution = leaf(await context.model(writer), item.prompt)
      const { text } = await context.node('decoder', {
        inputs: { distribution },
        params: { temperature: 1, maxTokens: 16 },
        seed: 100 + index,
      })
      candidates.push({ text: text as string, source: writer })
    }
    const { best } = await context.node('ranker', {
      inputs: { candidates, question: item.prompt },
      params: { method: 'pairwise', model },
    })
    const right = candidates.map(({ text }) => Number(isRight(item, text)))
    sum.first += right[0]!
    sum.mean += right.reduce((total, one) => total + one, 0) / right.length
    sum.best += Number(isRight(item, best as string))
    sum.any += Math.max(...right)
  }
  const n = items.length
  return { first: sum.first / n, mean: sum.mean / n, best: sum.best / n, within: sum.best / Math.max(1, sum.any) }
}
