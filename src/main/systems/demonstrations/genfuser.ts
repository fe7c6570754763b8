import type { Candidate } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { decodeAll, isRight, leaf, percent, shareOf } from '../measure'

export default defineDemonstration({
  system: 'genfuser',
  title: 'One answer is written out of two, each of which knows one half',
  expected:
    'Two answers, each read from one half of the context, are fused by toy-reader into one that is right at least 10 points more often than either.',
  async run(context) {
    const reader = await context.model('toy-reader')
    const items = (await context.evalSet('reading'))
      .filter(({ answer, context: sentences = [] }) => answer !== 'unknown' && sentences.length === 4)
      .slice(0, 50)
    const halves = [0, 2].map((from) =>
      decodeAll(context, items, (_prompt, { context: sentences = [], question = '' }) =>
        leaf(reader, `context: ${sentences.slice(from, from + 2).join(' ')} ${question}`),
      ),
    )
    const [first, second] = [(await halves[0]) ?? [], (await halves[1]) ?? []]
    const fused: string[] = []
    for (const [index, { question = '' }] of items.entries()) {
      const candidates: Candidate[] = [first, second]
        .map((texts) => ({ text: texts[index] ?? '' }))
        .filter(({ text }) => text !== 'unknown')
      if (candidates.length === 0) candidates.push({ text: 'unknown' })
      const { text } = await context.node('fusion-model', {
        inputs: { candidates, question },
        params: {
          model: reader,
          template: 'context: {{candidates}} {{question}}',
          each: '{{text}}',
          separator: ' ',
          maxTokens: 24,
          form: 'text',
        },
      })
      fused.push(text as string)
    }
    const right = (texts: readonly string[]): number => shareOf([...items.entries()], ([index, item]) => isRight(item, texts[index] ?? ''))
    const figures = { firstHalf: right(first), secondHalf: right(second), fused: right(fused) }
    return {
      effect: `Right: ${percent(figures.firstHalf)} and ${percent(figures.secondHalf)} from one half, ${percent(figures.fused)} fused.`,
      pass: figures.fused >= Math.max(figures.firstHalf, figures.secondHalf) + 0.1,
      figures,
    }
  },
})
