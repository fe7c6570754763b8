import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { factLibrary, paraphraseLibrary, recallAt } from '../worlds'

export default defineDemonstration({
  system: 'hybrid-retrieval',
  title: 'Words and meaning together, where each alone has its blind spot',
  expected:
    'Fused by rank, among the first three: at least 90 % on questions in the words of the text and at least 75 % on questions in other words; words alone fail on the second kind (under 60 %).',
  needs: ['all-minilm-l6-v2'],
  async run(context) {
    const embedder = await context.model('all-minilm-l6-v2')
    const { documents, questions } = await factLibrary(context)
    const library = { documents: documents.slice(0, 30), questions: questions.slice(0, 30) }
    const figures = {
      sameWords: await recallAt(context, 3, library, { method: 'hybrid', embedder }),
      otherWords: await recallAt(context, 3, paraphraseLibrary, { method: 'hybrid', embedder }),
      otherWordsByWords: await recallAt(context, 3, paraphraseLibrary, { method: 'bm25' }),
    }
    return {
      effect: `Hybrid: ${percent(figures.sameWords)} on the same words, ${percent(figures.otherWords)} on other words (words alone: ${percent(figures.otherWordsByWords)}).`,
      pass: figures.sameWords >= 0.9 && figures.otherWords >= 0.75 && figures.otherWordsByWords < 0.6,
      figures,
    }
  },
})
