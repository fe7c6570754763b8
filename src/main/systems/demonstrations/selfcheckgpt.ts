import type { Score } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { isRight, leaf } from '../measure'
import { areaUnderCurve } from '../worlds'

export default defineDemonstration({
  system: 'selfcheckgpt',
  title: 'What a model invents, it invents anew each time',
  expected:
    'Answers of toy-reader that its own samples (temperature 1.5) do not contradict are right more often: area under the curve at least 0.6 (chance is 0.5).',
  async run(context) {
    const model = await context.model('toy-reader')
    const items = (await context.evalSet('reading')).filter((item) => (item.context?.length ?? 0) >= 3).slice(0, 80)
    const scored: { score: number; isRight: boolean }[] = []
    for (const [index, item] of items.entries()) {
      const distribution = leaf(model, item.prompt)
      const { text } = await context.node('decoder', { inputs: { distribution }, params: { maxTokens: 24 } })
      const { candidates } = await context.node('decoder', {
        inputs: { distribution },
        params: { maxTokens: 24, temperature: 1.5, samples: 5 },
        seed: 100 + index,
      })
      const { scores } = await context.node('detector', {
        inputs: { answer: text, samples: candidates },
        params: { method: 'samples', model },
      })
      const score = (scores as Score[])[0]?.value
      if (score !== undefined) scored.push({ score, isRight: isRight(item, text as string) })
    }
    const area = areaUnderCurve(scored)
    return {
      effect: `Area under the curve: ${area.toFixed(3)} over ${scored.length} answers.`,
      pass: scored.length >= 50 && area >= 0.6,
      figures: { areaUnderCurve: area, answers: scored.length },
    }
  },
})
