import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'

export default defineDemonstration({
  system: 'selective-context',
  title: 'What a small model could have guessed is dropped first',
  expected:
    'Of texts in which every sentence comes twice, half the tokens are dropped by toy-base’s surprise: at least 90 % of the dropped sentences are repetitions.',
  async run(context) {
    const model = await context.model('toy-base')
    const items = (await context.evalSet('reading')).filter((item) => item.context?.length === 3).slice(0, 25)
    let [dropped, repeated] = [0, 0]
    for (const { context: sentences = [] } of items) {
      const text = [...sentences, ...sentences].join(' ')
      const { report } = await context.node('compressor', {
        inputs: { text },
        params: { method: 'self-information', level: 'sentence', share: 0.5, model, keepNumbers: false },
      })
      for (const { start, kept } of (report as { units: { start: number; kept: boolean }[] }).units) {
        if (kept) continue
        dropped += 1
        if (start >= sentences.join(' ').length) repeated += 1
      }
    }
    const share = repeated / Math.max(1, dropped)
    return {
      effect: `${percent(share)} of the ${dropped} dropped sentences stood in the text already.`,
      pass: dropped >= 40 && share >= 0.9,
      figures: { dropped, repeatedShare: share },
    }
  },
})
