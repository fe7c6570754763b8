import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'

export default defineDemonstration({
  system: 'llmlingua',
  title: 'Words that a small model expects are dropped',
  expected:
    'At half the words, over 85 % of what is dropped are words that every sentence has (the, is, in), and at least 75 % of colours, things and places stay.',
  async run(context) {
    const model = await context.model('toy-base')
    const common = new Set(['the', 'is', 'in', 'a'])
    const items = (await context.evalSet('reading')).filter(({ context: sentences }) => (sentences?.length ?? 0) >= 3).slice(0, 30)
    const count = { common: 0, telling: 0 }
    const dropped = { common: 0, telling: 0 }
    for (const { context: sentences = [] } of items) {
      const source = sentences.join(' ')
      const { text } = await context.node('compressor', {
        inputs: { text: source },
        params: { method: 'surprisal-words', share: 0.5, model },
      })
      const left = new Map<string, number>()
      for (const word of (text as string).split(/\W+/)) left.set(word, (left.get(word) ?? 0) + 1)
      for (const word of source.split(/\W+/).filter(Boolean)) {
        const isLeft = (left.get(word) ?? 0) > 0
        if (isLeft) left.set(word, (left.get(word) ?? 0) - 1)
        const kind = common.has(word) ? 'common' : 'telling'
        count[kind] += 1
        if (!isLeft) dropped[kind] += 1
      }
    }
    const figures = { commonDropped: dropped.common / count.common, tellingDropped: dropped.telling / count.telling }
    return {
      effect: `Dropped: ${percent(figures.commonDropped)} of the common words, ${percent(figures.tellingDropped)} of the telling ones.`,
      pass: count.telling > 200 && figures.commonDropped >= 1.5 * figures.tellingDropped,
      figures,
    }
  },
})
