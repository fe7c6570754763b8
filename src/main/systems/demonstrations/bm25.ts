import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { factLibrary, recallAt } from '../worlds'

export default defineDemonstration({
  system: 'bm25',
  title: 'The passage that answers a question, found by its words',
  expected:
    'Among 109 facts, the one that answers a question comes first for at least 85 % of the questions, and is among the first five for at least 97 %.',
  async run(context) {
    const library = await factLibrary(context)
    const first = await recallAt(context, 1, library, { method: 'bm25' })
    const five = await recallAt(context, 5, library, { method: 'bm25' })
    return {
      effect: `First: ${percent(first)}; among five: ${percent(five)} (by chance: 0.9 % and 4.6 %).`,
      pass: first >= 0.85 && five >= 0.97,
      figures: { recallAt1: first, recallAt5: five },
    }
  },
})
