import type { WeightsExpression } from '../../../shared/expression'
import { canonicalJson, type Json } from '../../../shared/json'
import { exportMergekit } from '../../recipes/mergekit/export'
import { importMergekit } from '../../recipes/mergekit/import'
import { defineDemonstration } from '../demonstration'
import { factsAndMath, skillsText, weightsOf, written, writtenMerge } from '../merging'

const configuration = `
name: both
merge_method: task_arithmetic
base_model: toy-base
models:
  - {model: toy-math, parameters: {weight: [0.8, 0.9]}}
  - model: toy-facts
    parameters:
      weight: [{filter: mlp, value: 0.85}, {value: 0.8}]
---
merge_method: slerp
base_model: both
models: [{model: toy-facts}]
parameters: {t: 0.1}
`

export default defineDemonstration({
  system: 'mergekit',
  title: 'A chain of MergeKit configurations, read, merged and written back; SLERP',
  expected:
    'A chain (task arithmetic with a gradient and a filter, then SLERP) is read without loss, its merge reaches 90 % of facts and 90 % of sums, and what is written of it reads as the same merge. SLERP half way between the specialists reaches 85 % of facts and 70 % of sums.',
  async run(context) {
    const { recipe, issues } = importMergekit(configuration)
    const again = importMergekit(exportMergekit(recipe).text)
    const isSame = canonicalJson(again.recipe.expression as unknown as Json) === canonicalJson(recipe.expression as unknown as Json)
    const known = new Map<string, WeightsExpression>()
    for (const id of ['toy-math', 'toy-facts', 'toy-base']) known.set(id, await weightsOf(context, id))
    // the models that the configuration names, in their places
    const weights = JSON.parse(JSON.stringify(recipe.expression), (_, value: WeightsExpression) =>
      value?.op === 'load' ? known.get(value.model.name) : value,
    ) as WeightsExpression
    const chain = await factsAndMath(context, await written(context, weights, 'demo mergekit chain'))
    const half = await factsAndMath(
      context,
      await writtenMerge(context, { models: ['toy-math', 'toy-facts'], params: { method: 'slerp', t: 0.5 } }, 'demo mergekit slerp'),
    )
    return {
      effect: `The chain: ${skillsText(chain)}; ${issues.length} things left out; written and read again it is ${isSame ? 'the same' : 'another'} merge. SLERP: ${skillsText(half)}.`,
      pass: issues.length === 0 && isSame && chain.facts >= 0.9 && chain.math >= 0.9 && half.facts >= 0.85 && half.math >= 0.7,
      figures: { ...chain, slerpFacts: half.facts, slerpMath: half.math, issues: issues.length },
    }
  },
})
