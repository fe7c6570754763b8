import { compressContext } from '../compressed'
import { defineDemonstration } from '../demonstration'
import { percent, shareOf } from '../measure'

export default defineDemonstration({
  system: 'longllmlingua',
  title: 'Words are kept for what the question makes them worth',
  expected:
    'At half the tokens, the place that the question asks for survives in at least 25 points more contexts than when the question is not known.',
  async run(context) {
    const model = await context.model('toy-reader')
    const items = (await context.evalSet('reading')).filter((item) => (item.context?.length ?? 0) >= 3).slice(0, 40)
    const survives = async (method: string): Promise<number> => {
      const texts: string[] = []
      for (const item of items) texts.push(await compressContext(context, item, { method, share: 0.5, model }))
      return shareOf([...items.entries()], ([index, { short = '' }]) => (texts[index] ?? '').split(/\W+/).includes(short))
    }
    const figures = { withQuestion: await survives('question-aware'), without: await survives('surprisal-words') }
    return {
      effect: `The answer survives in ${percent(figures.withQuestion)} with the question, ${percent(figures.without)} without.`,
      pass: figures.withQuestion >= figures.without + 0.25,
      figures,
    }
  },
})
