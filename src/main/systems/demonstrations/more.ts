import type { Candidate, Dataset, ModelRef } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { percent, shareOf } from '../measure'

export default defineDemonstration({
  system: 'more',
  title: 'A random forest over how experts agree picks an answer, or none',
  expected:
    'Grown on 75 past questions, the forest picks among four experts the right answer to at least 80 % of new facts, sums and readings, no expert alone reaching 70; declining below 0.6 it is right on at least 90 % of what it answers.',
  async run(context) {
    const models: ModelRef[] = []
    for (const id of ['toy-facts', 'toy-math', 'toy-reader', 'toy-base']) models.push(await context.model(id))
    const sets = await Promise.all(['facts', 'math', 'reading'].map((name) => context.evalSet(name, 60)))
    const part = (from: number, to: number): Dataset => ({
      name: 'questions',
      columns: ['question', 'answer'],
      rows: sets.flatMap((set) => set.slice(from, to)).map(({ prompt, answer }) => ({ question: prompt, answer })),
    })
    const recorded = async (dataset: Dataset): Promise<Dataset> =>
      (await context.node('record-answers', { inputs: { dataset, models }, params: { form: 'text' } })).records as Dataset
    const [records, fresh] = [await recorded(part(0, 25)), await recorded(part(25, 60))]
    const judged: { right: boolean; share: number }[] = []
    for (const row of fresh.rows) {
      const candidates = models.map(
        ({ name }): Candidate => ({ text: String(row[`${name} answer`]), source: name, score: Number(row[`${name} sureness`]) }),
      )
      const { candidates: ranked, share } = await context.node('record-judge', {
        inputs: { question: String(row.question), candidates, records },
        seed: 5,
      })
      const [best] = ranked as Candidate[]
      judged.push({ right: row[best?.source ?? ''] === 1, share: share as number })
    }
    const answered = judged.filter(({ share }) => share >= 0.6)
    const figures = {
      best: Math.max(...models.map(({ name }) => shareOf(fresh.rows, (row) => row[name] === 1))),
      possible: shareOf(fresh.rows, (row) => models.some(({ name }) => row[name] === 1)),
      right: shareOf(judged, ({ right }) => right),
      answered: answered.length / judged.length,
      rightOfAnswered: shareOf(answered, ({ right }) => right),
    }
    return {
      effect: `Right: ${percent(figures.right)} (some expert: ${percent(figures.possible)}, the best alone: ${percent(figures.best)}); declining below 0.6 it answers ${percent(figures.answered)} and is right on ${percent(figures.rightOfAnswered)} of them.`,
      pass: figures.right >= 0.8 && figures.best < 0.7 && figures.rightOfAnswered >= 0.9,
      figures,
    }
  },
})
