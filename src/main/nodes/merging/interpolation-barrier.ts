import type { WeightsExpression } from '../../../shared/expression'
import { barrierMetric } from '../../../shared/run/barrier'
import { defineNode } from '../../node-runtime'
import { onScratch } from './measuring'
import { lossOfWeights, objectiveParam, rowsOf, rowsParams } from './objectives'

/** How the loss goes on the straight line between two models. */
export default defineNode(
  {
    type: 'interpolation-barrier',
    version: 1,
    title: 'Barrier between models',
    family: 'merging',
    formula: 'barrier = max over α of L((1 − α) θ_1 + α θ_2) − (1 − α) L(θ_1) − α L(θ_2), at {points} points',
    summary: 'Judges models on the straight line between two, and tells how far the loss rises above it.',
    help: `At α the weights are (1 − α)·first + α·second. The barrier is the most by which the loss there lies above the straight line between the losses of the two ends. A barrier near 0 says that averaging the two works (they lie in one valley); a large one that it fails, and *Align units* or another ancestor is needed. Below 0 the average is better than both ends promise.

Every point in between is written, judged on the rows and deleted. The plot stands in the inspector.`,
    synonyms: ['linear mode connectivity', 'interpolation', 'loss landscape', 'can these be merged', 'diagnosis'],
    survey: '3',
    paper: 'Garipov et al. 2018, arXiv:1802.10026; Frankle et al. 2020, arXiv:1912.05671',
    inputs: {
      first: { wire: 'weights', arity: 'one', summary: 'the model at α = 0' },
      second: { wire: 'weights', arity: 'one', summary: 'the model at α = 1' },
      data: { wire: 'dataset', arity: 'one', summary: 'prompts and answers to judge by' },
    },
    outputs: {
      barrier: { wire: 'number', summary: 'the most by which the loss rises above the straight line; at most 0: no barrier' },
      report: { wire: 'json', summary: 'loss at every α, and where the barrier is' },
    },
    params: {
      points: {
        kind: 'number',
        default: 7,
        min: 3,
        max: 21,
        integer: true,
        title: 'Points',
        summary: 'how many models on the line are judged, the ends included',
      },
      objective: objectiveParam,
      ...rowsParams,
    },
    effect: 'pure',
    resource: 'model',
    face: 'objective',
  },
  async ({ inputs: { first, second, data }, params, context }) => {
    const rows = rowsOf(data, params)
    const line: { alpha: number; loss: number }[] = []
    context.progress(0, params.points, 'points')
    await onScratch(context, async (scratch) => {
      for (let step = 0; step < params.points; step++) {
        const alpha = step / (params.points - 1)
        const loss = await lossOfWeights(between(first, second, alpha), rows, params.objective, scratch)
        line.push({ alpha, loss })
        context.progress(step + 1, params.points, 'points')
        context.metric(barrierMetric, loss, { step: step + 1, point: [alpha] })
      }
    })
    const { barrier, alpha } = barrierOf(line)
    return { barrier, report: { barrier, at: alpha, line } }
  },
)

function between(first: WeightsExpression, second: WeightsExpression, alpha: number): WeightsExpression {
  if (alpha === 0) return first
  if (alpha === 1) return second
  const models = [
    { weights: first, params: { weight: 1 - alpha } },
    { weights: second, params: { weight: alpha } },
  ]
  return { op: 'merge', method: 'linear', models, params: {}, seed: 0 }
}

/** max over α strictly between the ends of L(α) − (1 − α)·L(0) − α·L(1), and the α where it is; the first of equals. At least three points, ends first and last. */
export function barrierOf(line: readonly { readonly alpha: number; readonly loss: number }[]): {
  readonly barrier: number
  readonly alpha: number
} {
  const [from, to] = [line[0]?.loss ?? Number.NaN, line.at(-1)?.loss ?? Number.NaN]
  return line
    .slice(1, -1)
    .map(({ alpha, loss }) => ({ barrier: loss - (1 - alpha) * from - alpha * to, alpha }))
    .reduce((most, one) => (one.barrier > most.barrier ? one : most))
}
