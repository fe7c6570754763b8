import { defineNode } from '../../node-runtime'
import { listText } from './method-params'
import { lossOfWeights } from './objectives'
import { searchedRows, searchedRowsParams } from './searched-rows'

/** Weights of models from how well each predicts a few examples. */
export default defineNode(
  {
    type: 'likelihood-weights',
    version: 1,
    title: 'Weights by likelihood',
    family: 'merging',
    summary: 'Weighs models by how likely they find a few examples of the task in hand.',
    help: `w = softmax(−loss / temperature), with the loss in nats a token on the answers. Wire the list into *Weights* of a Merger with *Weighted average*. A low temperature trusts the best model alone; a high one weighs all alike.

Branch-Train-Merge does this with domain experts, LM-Cocktail with fine-tunings and their base.`,
    synonyms: ['lm-cocktail', 'branch-train-merge', 'posterior', 'auto weights', 'coefficients'],
    survey: '3',
    paper: 'Li et al. 2022, arXiv:2208.03306; Xiao et al. 2023, arXiv:2311.13534',
    systems: ['lm-cocktail', 'branch-train-merge'],
    inputs: {
      models: { wire: 'weights', arity: 'some', summary: 'the models, in the order of the Merger’s wires' },
      data: { wire: 'dataset', arity: 'one', summary: 'a few prompts and answers of the task' },
    },
    outputs: {
      weights: { wire: 'text', summary: 'a list for the Weights of a Merger' },
      losses: { wire: 'json', summary: 'nats a token of each model' },
    },
    params: {
      temperature: { kind: 'number', default: 1, min: 0.001, max: 1000, summary: 'how gently losses are turned into weights' },
      top: { kind: 'number', default: 0, min: 0, max: 1000, integer: true, summary: 'how many models take part; 0: all' },
      ...searchedRowsParams,
    },
    effect: 'pure',
    resource: 'model',
  },
  async ({ inputs: { models, data }, params, context }) => {
    const rows = searchedRows(data, params)
    const losses: number[] = []
    for (const model of models) {
      losses.push(await lossOfWeights(model, rows, 'likelihood', context))
      context.progress(losses.length, models.length, 'models')
    }
    return { weights: listText(softmaxOfLosses(losses, params.temperature, params.top)), losses }
  },
)

/** softmax(−loss / temperature) over the `top` best (0: all); the others get 0. */
export function softmaxOfLosses(losses: readonly number[], temperature: number, top: number): number[] {
  const order = losses.map((_, index) => index).sort((a, b) => (losses[a] as number) - (losses[b] as number) || a - b)
  const chosen = new Set(top > 0 ? order.slice(0, top) : order)
  const least = losses[order[0] as number] as number
  const exps = losses.map((loss, index) => (chosen.has(index) ? Math.exp((least - loss) / temperature) : 0))
  const total = exps.reduce((sum, value) => sum + value, 0)
  return exps.map((value) => value / total)
}
