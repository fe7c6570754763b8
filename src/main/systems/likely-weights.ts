import type { WeightsExpression } from '../../shared/expression'
import type { DemonstrationContext, Shown } from './demonstration'
import { percent } from './measure'
import { datasetOf, mergedWeights, skill, weightsOf, written } from './merging'

/** Weighs three specialists by how likely each finds eight rows of a set, and judges their mix on that set. */
export async function likelyWeights(
  context: DemonstrationContext,
  asked: { readonly name: string; readonly set: 'math' | 'facts'; readonly expert: string; readonly bar: number },
): Promise<Shown> {
  // none of the experts comes first: a mix that is its first model knows neither task
  const models = ['toy-polite', 'toy-math', 'toy-facts']
  const data = await datasetOf(context, [asked.set], { step: 12, most: 8 })
  const sources: WeightsExpression[] = []
  for (const id of models) sources.push(await weightsOf(context, id))
  const { weights } = await context.node('likelihood-weights', { inputs: { models: sources, data }, params: { temperature: 0.3 } })
  const shares = (weights as string).split(', ').map(Number)
  const heaviest = models[shares.indexOf(Math.max(...shares))]
  const mix = await mergedWeights(context, { models, params: { method: 'linear', weights } })
  const right = await skill(context, await written(context, mix, `demo ${asked.name}`), asked.set)
  return {
    effect: `Weights ${shares.map((share) => share.toFixed(2)).join(', ')}; the mix is right on ${percent(right)} of the ${asked.set}.`,
    pass: heaviest === asked.expert && right >= asked.bar,
    figures: { polite: shares[0] ?? 0, math: shares[1] ?? 0, facts: shares[2] ?? 0, right },
  }
}
