import { defineDemonstration } from '../demonstration'
import { percent, shareOf } from '../measure'

export default defineDemonstration({
  system: 'weak-to-strong-search',
  title: 'A small tuned pair picks among what a large model writes',
  expected:
    'Facts that toy-base samples at temperature 1 are right at least 20 points more often when toy-draft-facts and toy-draft choose among 8 of its answers.',
  async run(context) {
    const [writer, tuned, untuned] = [
      await context.model('toy-base'),
      await context.model('toy-draft-facts'),
      await context.model('toy-draft'),
    ]
    const facts = await context.evalSet('facts')
    const right = async (beams: number, expansions: number): Promise<number> => {
      const texts: string[] = []
      for (const [index, { prompt }] of facts.entries()) {
        const { text } = await context.node('weak-to-strong-search', {
          inputs: { prompt: [{ role: 'user', content: prompt }] },
          params: { model: writer, tuned, untuned, beams, expansions, chunk: 2, maxTokens: 12, template: 'raw' },
          seed: 900 + 1000 * index,
        })
        texts.push(text as string)
      }
      return shareOf([...facts.entries()], ([index, { answer }]) => texts[index] === answer)
    }
    const figures = { sampled: await right(1, 1), searched: await right(2, 4) }
    return {
      effect: `Facts right: ${percent(figures.sampled)} of single samples, ${percent(figures.searched)} chosen by the small pair, chunk by chunk.`,
      pass: figures.searched >= figures.sampled + 0.2,
      figures,
    }
  },
})
