import type { WeightsExpression } from '../../../shared/expression'
import type { OutputStatistics } from '../../models/model'
import { defineNode } from '../../node-runtime'
import { encodeTable, type TableEntry } from '../../weights/statistics/table'
import { madeBy } from './made'
import { flowOf, textsOf, withModelOf } from './measuring'
import { rowsParams } from './objectives'

/** Averaged networks lose spread; each unit gets back what its parents had. */
export default defineNode(
  {
    type: 'repair-units',
    version: 1,
    title: 'Repair units',
    family: 'merging',
    summary: 'Gives each unit of a merged model the spread of activation that it had in the two models it was merged from.',
    help: `Averages of networks that do not quite fit have units whose activations vary less than in either parent. All three models read the texts; then each row of the chosen matrices is multiplied by *spread wanted / spread found*, where the spread wanted lies between the parents’ by *Share*.

Where a matrix has a bias, that keeps the mean where the parents had it; those of Llama-type models have none, so there only the spread is mended. RMS norms hide much of the collapse anyway: expect a small effect.`,
    synonyms: ['repair', 'renormalize', 'variance collapse', 'activation statistics'],
    survey: '3',
    paper: 'Jordan et al. 2022, arXiv:2211.08403',
    systems: ['repair'],
    inputs: {
      merged: { wire: 'weights', arity: 'one', summary: 'the merged model' },
      first: { wire: 'weights', arity: 'one', summary: 'one of the models it was merged from' },
      second: { wire: 'weights', arity: 'one', summary: 'the other, its units in the same order' },
      data: { wire: 'dataset', arity: 'one', summary: 'texts that all three read' },
    },
    outputs: {
      weights: { wire: 'weights', summary: 'the merged model, its spread mended' },
      report: { wire: 'json', summary: 'the mean factor of each matrix' },
    },
    params: {
      share: {
        kind: 'number',
        default: 0.5,
        min: 0,
        max: 1,
        step: 0.05,
        title: 'Share',
        summary: 'how much of the second model was merged in',
      },
      which: {
        kind: 'choice',
        default: 'hidden',
        title: 'Matrices',
        summary: 'whose rows are mended',
        options: [
          { value: 'hidden', title: 'hidden units (gate and up)' },
          { value: 'all', title: 'all but the output head' },
        ],
      },
      ...rowsParams,
    },
    effect: 'pure',
    resource: 'model',
  },
  async ({ inputs: { merged, first, second, data }, params, context }) => {
    const texts = textsOf(data, params)
    const flows: Flow[] = []
    for (const weights of [first, second, merged])
      flows.push(flowIn((await withModelOf(weights, context, (model) => flowOf(model, { texts }, context))).outputs))
    const [a, b, found] = flows as [Flow, Flow, Flow]
    const isChosen = (matrix: string): boolean => params.which === 'all' || /\.ffn_(gate|up)\./.test(matrix)
    const chosen = [...found].filter(([matrix]) => isChosen(matrix))
    const entries = chosen.map(([matrix, own]) =>
      scaleEntry(matrix, own.spread, a.get(matrix)?.spread, b.get(matrix)?.spread, params.share),
    )
    const shifts = chosen.map(([matrix, own], i) =>
      shiftEntry(matrix, entries[i]?.data ?? new Float32Array(), own.mean, a.get(matrix)?.mean, b.get(matrix)?.mean, params.share),
    )
    const statistics = await context.blobs.put(encodeTable([...entries, ...shifts], { made: madeBy('repair-units', { params, data }) }))
    const weights: WeightsExpression = {
      op: 'merge',
      method: 'repair',
      models: [{ weights: merged, params: {}, statistics }],
      params: {},
      seed: 0,
    }
    return {
      weights,
      report: Object.fromEntries(
        entries.map(({ matrix, data: scale }) => [matrix, scale.reduce((sum, value) => sum + value, 0) / scale.length]),
      ),
    }
  },
)

type Flow = Map<string, { readonly mean: Float64Array; readonly spread: Float64Array }>

/** Mean and standard deviation of each output, before a bias. */
const flowIn = (outputs: readonly OutputStatistics[]): Flow =>
  new Map(
    outputs.map(({ weight, rows, sum, squares }) => [
      weight,
      {
        mean: sum.map((value) => value / rows),
        spread: squares.map((value, i) => Math.sqrt(Math.max(0, value / rows - ((sum[i] as number) / rows) ** 2))),
      },
    ]),
  )

/**
 * What a bias takes up so that the mean, too, lies between the parents’: μ* − scale·μ, μ* = (1 − share)·μ_a + share·μ_b. The merged bias is taken to lie there already.
 */
export function shiftEntry(
  matrix: string,
  scale: Float32Array,
  found: Float64Array,
  a: Float64Array | undefined,
  b: Float64Array | undefined,
  share: number,
): TableEntry {
  const data = Float32Array.from(found, (own, i) => (1 - share) * (a?.[i] ?? own) + share * (b?.[i] ?? own) - (scale[i] as number) * own)
  return { matrix: matrix.replace(/weight$/, 'bias'), quantity: 'shift', shape: [data.length], data }
}

/** Goal over what was found; a unit that never moves stays as it is. σ* = (1 − share)·σ_a + share·σ_b. */
export function scaleEntry(
  matrix: string,
  found: Float64Array,
  a: Float64Array | undefined,
  b: Float64Array | undefined,
  share: number,
): TableEntry {
  const data = Float32Array.from(found, (own, i) => {
    const goal = (1 - share) * (a?.[i] ?? own) + share * (b?.[i] ?? own)
    return own > 1e-12 ? goal / own : 1
  })
  return { matrix, quantity: 'scale', shape: [data.length], data }
}
