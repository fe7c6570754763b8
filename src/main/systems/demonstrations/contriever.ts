import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { paraphraseLibrary, recallAt } from '../worlds'

export default defineDemonstration({
  system: 'contriever',
  title: 'Passages found by meaning, where no word is shared',
  expected:
    'With MiniLM the right passage of 12 comes first for at least 75 % of questions in other words, at least 30 points more than by words.',
  needs: ['all-minilm-l6-v2'],
  async run(context) {
    const embedder = await context.model('all-minilm-l6-v2')
    const dense = await recallAt(context, 1, paraphraseLibrary, { method: 'dense', embedder })
    const words = await recallAt(context, 1, paraphraseLibrary, { method: 'bm25' })
    return {
      effect: `First by meaning: ${percent(dense)}; by words: ${percent(words)}.`,
      pass: dense >= 0.75 && dense >= words + 0.3,
      figures: { dense, words },
    }
  },
})
