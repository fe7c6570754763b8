import type { Dataset, ModelRef } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { percent, shareOf } from '../measure'

export default defineDemonstration({
  system: 'foe',
  title: 'Experts asked as long as it pays, and a fuser that knows whom to believe',
  expected:
    'With records of 60 past questions, the fuser over toy-facts, toy-math and toy-draft is right on at least 85 % of new facts and sums, and the frugal one within 6 points of it with at most 2.4 of 3 experts asked; no expert alone reaches 80 %.',
  async run(context) {
    const models: ModelRef[] = []
    for (const id of ['toy-facts', 'toy-math', 'toy-draft']) models.push(await context.model(id))
    const sets = await Promise.all(['facts', 'math'].map((name) => context.evalSet(name, 60)))
    const [past, fresh] = [sets.flatMap((set) => set.slice(0, 30)), sets.flatMap((set) => set.slice(30))]
    const asDataset = (items: typeof past): Dataset => ({
      name: 'questions',
      columns: ['question', 'answer'],
      rows: items.map(({ prompt, answer }) => ({ question: prompt, answer })),
    })
    const recorded = async (items: typeof past): Promise<Dataset> =>
      (await context.node('record-answers', { inputs: { dataset: asDataset(items), models }, params: { form: 'text' } })).records as Dataset
    const records = await recorded(past)
    const each = (await recorded(fresh)).rows
    const run = async (lambda: number) => {
      let [right, asked] = [0, 0]
      for (const { prompt, answer } of fresh) {
        const outputs = await context.node('frugal-experts', { inputs: { prompt, models, records }, params: { lambda, form: 'text' } })
        right += Number(outputs.text === answer)
        asked += outputs.asked as number
      }
      return { right: right / fresh.length, asked: asked / fresh.length }
    }
    const [all, frugal] = [await run(0), await run(0.03)]
    const best = Math.max(...models.map(({ name }) => shareOf(each, (row) => row[name] === 1)))
    return {
      effect: `Right: ${percent(all.right)} with ${all.asked.toFixed(2)} experts asked at λ = 0, ${percent(frugal.right)} with ${frugal.asked.toFixed(2)} at λ = 0.03; the best alone ${percent(best)}.`,
      pass: all.right >= 0.85 && frugal.right >= all.right - 0.06 && frugal.asked <= 2.4 && best < 0.8,
      figures: { all: all.right, askedAll: all.asked, frugal: frugal.right, askedFrugal: frugal.asked, best },
    }
  },
})
