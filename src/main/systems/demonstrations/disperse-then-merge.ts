import type { Dataset } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { datasetOf, judgedFactsAndMath, skillsText, writtenMerge } from '../merging'

export default defineDemonstration({
  system: 'disperse-then-merge',
  title: 'Data split by content, one model a part, the models averaged by size',
  expected:
    'Facts and sums in one dataset fall apart into two parts, three in four rows with their like; the models that were tuned on such parts, averaged by the sizes, know 85 % of facts and 75 % of sums.',
  async run(context) {
    const data = await datasetOf(context, ['facts', 'math'])
    const facts = new Set((await context.evalSet('facts')).map(({ prompt }) => prompt))
    const outputs = await context.node('disperse-dataset', { inputs: { data }, params: { count: 2 }, seed: 3 })
    const parts = outputs.parts as Dataset[]
    const counts = parts.map(({ rows }) => ({ facts: rows.filter(({ prompt }) => facts.has(String(prompt))).length, all: rows.length }))
    const pure = counts.reduce((sum, part) => sum + Math.max(part.facts, part.all - part.facts), 0) / data.rows.length
    // the part that is mostly facts goes with the model that was tuned on facts
    const models = counts.map((part) => (part.facts * 2 > part.all ? 'toy-facts' : 'toy-math'))
    const model = await writtenMerge(context, { models, params: { method: 'linear', weights: outputs.sizes as string } }, 'demo disperse')
    const skills = await judgedFactsAndMath(context, model)
    return {
      effect: `${Math.round(100 * pure)} % of rows lie with their like, in parts of ${outputs.sizes as string}; ${skillsText(skills)}.`,
      pass: pure >= 0.75 && skills.facts >= 0.85 && skills.math >= 0.75,
      figures: { pure, ...skills },
    }
  },
})
