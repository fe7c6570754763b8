import type { WeightsExpression } from '../../../shared/expression'
import { defineNode } from '../../node-runtime'
import { onScratch } from './measuring'
import { lossOfWeights, objectiveParam } from './objectives'
import { searchedRows, searchedRowsParams } from './searched-rows'

const factors = [1, 1.5, 2, 2.5, 3]

/** Finds how strongly each part of a pruned task vector counts. */
export default defineNode(
  {
    type: 'amplify-partitions',
    version: 1,
    title: 'Amplify partitions',
    family: 'merging',
    summary: 'Prunes a task vector hard and finds, on held-out rows, how strongly each part of what stays is amplified.',
    help: `DPPA-style: of what *Rate* leaves, the largest tenth is amplified first (the factor among ${factors.join(', ')} that judges best with that part alone), then, with that fixed, the next tenth, and so on. For models that moved far from their base. The rules of pruning are a reconstruction; see *Prune task vector*.`,
    synonyms: ['dppa', 'dynamic pruning', 'partition amplification'],
    survey: '3',
    paper: 'Zhu et al. 2024, arXiv:2403.02799',
    systems: ['dppa'],
    inputs: {
      delta: { wire: 'weights', arity: 'one', summary: 'a task vector' },
      base: { wire: 'weights', arity: 'one', summary: 'the model that it changes' },
      data: { wire: 'dataset', arity: 'one', summary: 'held-out prompts and answers of the task' },
    },
    outputs: {
      delta: { wire: 'weights', summary: 'the pruned and amplified task vector' },
      report: { wire: 'json', summary: 'the factors, and every loss on the way' },
    },
    params: {
      rate: { kind: 'number', default: 0.8, min: 0, max: 0.99, step: 0.05, title: 'Rate', summary: 'share of all entries that go' },
      parts: { kind: 'number', default: 2, min: 1, max: 4, integer: true, title: 'Parts', summary: 'how many parts get a factor' },
      objective: objectiveParam,
      ...searchedRowsParams,
    },
    effect: 'pure',
    resource: 'model',
  },
  async ({ inputs: { delta, base, data }, params, context }) => {
    const rows = searchedRows(data, params)
    const pruned = (gammas: readonly number[]): WeightsExpression => ({
      op: 'prune',
      pruner: 'dppa',
      of: delta,
      params: {
        rate: params.rate,
        parts: params.parts,
        ...Object.fromEntries([1, 2, 3, 4].map((part, i) => [`gamma${part}`, gammas[i] ?? 0])),
      },
    })
    const merged = (gammas: readonly number[]): WeightsExpression => ({
      op: 'merge',
      method: 'task-arithmetic',
      base,
      models: [{ weights: pruned(gammas), params: {} }],
      params: {},
      seed: 0,
    })
    const tried: { gammas: number[]; loss: number }[] = []
    let chosen: number[] = []
    context.progress(0, params.parts * factors.length, 'candidates')
    await onScratch(context, async (scratch) => {
      for (let part = 0; part < params.parts; part++) {
        let best = Infinity
        let next = factors[0] as number
        for (const factor of factors) {
          const gammas = [...chosen, factor]
          const loss = await lossOfWeights(merged(gammas), rows, params.objective, scratch)
          tried.push({ gammas, loss })
          context.progress(tried.length, params.parts * factors.length, 'candidates')
          if (loss < best) [best, next] = [loss, factor]
        }
        chosen = [...chosen, next]
      }
    })
    return { delta: pruned(chosen), report: { gammas: chosen, tried } }
  },
)
