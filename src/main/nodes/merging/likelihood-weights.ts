import type { Json } from '../../../shared/json'
import { defineNode } from '../../node-runtime'
import { refuse } from '../../weights/settings'
import { listText, perModelList } from './method-params'
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
    help: `w = softmax(−loss / temperature), times the *Prior* where one is given, with the loss in nats a token on the answers. Wire the list into *Weights* of a Merger with *Weighted average*. A low temperature trusts the best model alone; a high one weighs all alike.

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
      prior: {
        kind: 'text',
        default: '',
        placeholder: '2, 1',
        perWire: { port: 'models', empty: 'same', fill: 1 },
        title: 'Prior',
        summary: 'how likely each model is before it has read anything, in the order of the wires; empty: all alike',
      },
      top: { kind: 'number', default: 0, min: 0, max: 1000, integer: true, summary: 'how many models take part; 0: all' },
      ...searchedRowsParams,
    },
    effect: 'pure',
    resource: 'model',
  },
  async ({ inputs: { models, data }, params, context }) => {
    const rows = searchedRows(data, params)
    const losses: number[] = []
    context.progress(0, models.length, 'models')
    for (const model of models) {
      losses.push(await lossOfWeights(model, rows, 'likelihood', context))
      context.progress(losses.length, models.length, 'models')
    }
    const prior = perModelList(params.prior, models.length, 'prior').map((value) => priorOf(value ?? 1))
    return { weights: listText(softmaxOfLosses(losses, params.temperature, params.top, prior)), losses }
  },
)

const priorOf = (value: Json): number =>
  typeof value === 'number' && value >= 0
    ? value
    : refuse('Weights by likelihood', `has the prior ${JSON.stringify(value)}`, 'Give each model a number, 0 or more.')

/** ∝ prior · exp(−loss / temperature) over the `top` largest of these (0: all); the others get 0. `prior`: neutral, all alike. */
export function softmaxOfLosses(losses: readonly number[], temperature: number, top: number, prior: readonly number[] = []): number[] {
  if (prior.length > 0 && !prior.some((one) => one > 0))
    return refuse('Weights by likelihood', 'gives no model any prior', 'Give one of them more than 0.')
  const able = losses.filter((_, index) => prior[index] !== 0)
  const least = Math.min(...able)
  const masses = losses.map((loss, index) => (prior[index] ?? 1) && (prior[index] ?? 1) * Math.exp((least - loss) / temperature))
  const order = masses.map((_, index) => index).sort((a, b) => (masses[b] as number) - (masses[a] as number) || a - b)
  const chosen = new Set(top > 0 ? order.slice(0, top) : order)
  const total = masses.reduce((sum, mass, index) => sum + (chosen.has(index) ? mass : 0), 0)
  return masses.map((mass, index) => (chosen.has(index) ? mass / total : 0))
}
