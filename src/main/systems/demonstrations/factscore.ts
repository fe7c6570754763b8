import type { Score } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { claimOf, readings } from '../worlds'

export default defineDemonstration({
  system: 'factscore',
  title: 'The share of claims that the sources support, as a score of a writer',
  expected: 'Toy-reader, the better reader, has a share of supported claims at least 20 points above toy-base’s, on the same contexts.',
  async run(context) {
    const judge = await context.model('toy-reader')
    const shareSupported = async (writer: string): Promise<number> => {
      const read = await readings(context, await context.model(writer), 60)
      let supported = 0
      for (const { answer, documents } of read) {
        const { scores } = await context.node('nli-verifier', {
          inputs: { claims: [claimOf(answer)], documents },
          params: { model: judge },
        })
        supported += (scores as Score[]).find(({ name }) => name === 'supported')?.value ?? 0
      }
      return supported / read.length
    }
    const figures = { reader: await shareSupported('toy-reader'), base: await shareSupported('toy-base') }
    return {
      effect: `Supported claims: ${percent(figures.reader)} of toy-reader’s, ${percent(figures.base)} of toy-base’s.`,
      pass: figures.reader >= figures.base + 0.2,
      figures,
    }
  },
})
