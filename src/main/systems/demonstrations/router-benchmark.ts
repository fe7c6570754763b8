import type { Dataset, ModelRef } from '../../../shared/value'
import { defineDemonstration, type EvalItem } from '../demonstration'
import { alone, decodeAll, isRight, percent, shareOf } from '../measure'

export default defineDemonstration({
  system: 'router-benchmark',
  title: 'Past results choose the model',
  expected:
    'Routed by the records of 60 past questions, new questions of three kinds are answered rightly at least 85 times in 100; no expert alone reaches 70.',
  async run(context) {
    const models: ModelRef[] = []
    for (const id of ['toy-facts', 'toy-math', 'toy-reader']) models.push(await context.model(id))
    const sets = await Promise.all(['facts', 'math', 'reading'].map((name) => context.evalSet(name, 50)))
    const past = sets.flatMap((set) => set.slice(0, 20))
    const fresh = sets.flatMap((set) => set.slice(20))
    const right = async (items: readonly EvalItem[], model: ModelRef) => {
      const texts = await decodeAll(context, items, alone(model))
      return items.map((item, index) => isRight(item, texts[index] ?? ''))
    }
    const [before, now]: [boolean[][], boolean[][]] = [[], []]
    for (const model of models) {
      before.push(await right(past, model))
      now.push(await right(fresh, model))
    }
    const records: Dataset = {
      name: 'past questions',
      columns: ['question', ...models.map(({ name }) => name)],
      rows: past.map(({ prompt }, row) =>
        Object.fromEntries([['question', prompt], ...models.map(({ name }, index) => [name, Number(before[index]?.[row])])]),
      ),
    }
    const routed: boolean[] = []
    for (const [row, { prompt }] of fresh.entries()) {
      const { choice } = await context.node('record-router', { inputs: { prompt, models, records } })
      routed.push(now[choice as number]?.[row] ?? false)
    }
    const each = now.map((answers) => shareOf(answers, Boolean))
    const share = shareOf(routed, Boolean)
    return {
      effect: `Right: ${percent(share)} routed; alone ${each.map(percent).join(', ')}.`,
      pass: share >= 0.85 && Math.max(...each) < 0.7,
      figures: { routed: share, ...Object.fromEntries(models.map(({ name }, index) => [name, each[index] ?? 0])) },
    }
  },
})
