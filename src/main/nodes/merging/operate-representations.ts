import type { BentMap } from '../../../shared/bent-map'
import { TributaryError } from '../../../shared/errors'
import type { WeightsExpression } from '../../../shared/expression'
import type { ModelRef } from '../../../shared/value'
import type { StatisticsRequest } from '../../models/model'
import { defineNode, type RunContext } from '../../node-runtime'
import { inTurns } from '../../weights/in-turns'
import { fitBend, meanMiss } from '../../weights/kernels/bent-map'
import { ofRank, ridgeMap } from '../../weights/kernels/ridge'
import { encodeTable } from '../../weights/statistics/table'
import { madeBy } from './made'
import { flowOf, textsOf, withModelOf } from './measuring'
import { comparedParams } from './objectives'

const head = 'output.weight'

/** Takes the bias out of what a merged model thinks last, for one task. */
export default defineNode(
  {
    type: 'operate-representations',
    version: 1,
    title: 'Operate on representations',
    family: 'merging',
    summary: 'Brings the last hidden state of a merged model near that of an expert, for the expert’s task.',
    help: `Merged models represent a task a little off from where its expert does. Both read the same texts (no answers needed); the linear map that brings one state to the other is found in closed form (ridge regression) and folded into the output head, so the model runs anywhere.

The paper’s module has a bend in it (two matrices with a ReLU between), which no file of a model has room for between last norm and head: this is its linear part. (A block of the model cannot stand for it: blocks lie before the last norm and gate by another function. Between norm and head llama.cpp can only be stopped by the callback that calibration uses, which hands every token of every text over and back; and the written file would answer otherwise here than anywhere else.) With *Bend* the published module is fitted to the same states as well, to tell how near to the expert it would come; with answers wired to *test* it also runs there while the merge reads them, and the report has the losses side by side. A bend that helps much more than the linear part is a reason to keep the expert beside the merge for this task. One operation serves one task; the head of the result belongs to it. Models whose head is their embedding are refused. With a *Rank* the head changes by a product of thin matrices: *Extract LoRA* of the result and the merged model, with *Embedding and head* on and the same rank, is the operation as an adapter, one for each task.`,
    synonyms: ['representation surgery', 'bias', 'adapter', 'merged model correction'],
    survey: '3',
    paper: 'Yang et al. 2024, arXiv:2402.02705',
    systems: ['surgery'],
    inputs: {
      merged: { wire: 'weights', arity: 'one', summary: 'the merged model' },
      expert: { wire: 'weights', arity: 'one', summary: 'the model that is good at the task' },
      data: { wire: 'dataset', arity: 'one', summary: 'texts of the task' },
      test: {
        wire: 'dataset',
        arity: 'optional',
        summary:
          'other prompts of the task, with answers: how well the merge predicts them as it is, corrected, and with the published module at work',
      },
    },
    outputs: {
      weights: { wire: 'weights', summary: 'the merged model with a head for this task' },
      report: { wire: 'json', summary: 'mean distance from the expert before and after, and as the published module would have it' },
    },
    params: {
      ridge: {
        kind: 'number',
        default: 0.01,
        min: 0,
        max: 100,
        title: 'Ridge',
        summary: 'how strongly the map is held near doing nothing',
      },
      rank: {
        kind: 'number',
        default: 0,
        min: 0,
        max: 4096,
        integer: true,
        title: 'Rank',
        summary: 'how many directions are corrected, the strongest first; 0: all',
      },
      bend: {
        kind: 'number',
        default: 0,
        min: 0,
        max: 100_000,
        integer: true,
        advanced: true,
        title: 'Bend',
        unit: 'steps',
        summary:
          'fit the published module too, and run it on the test, for the report alone, in so many steps (1,000 were published); 0: do not',
      },
      ...comparedParams,
    },
    effect: 'pure',
    resource: 'model',
  },
  async ({ inputs: { merged, expert, data, test }, params, context }) => {
    const request: StatisticsRequest = {
      texts: textsOf(data, params),
      features: { rows: params.tokens, weights: [head] },
      weights: [head],
      outputs: false,
    }
    const own = await withModelOf(merged, context, (model) => statesOf(model, request, context))
    const goal = await withModelOf(expert, context, (model) => statesOf(model, request, context))
    const { width } = own
    if (goal.width !== width) throw new TributaryError('weights-mismatch', `The two models are ${width} and ${goal.width} wide.`)
    const whole = ridgeMap(own.features, goal.features, width, params.ridge)
    if (!whole) throw new TributaryError('weights-not-finite', 'The last states of the merged model are all zero.')
    const map = params.rank > 0 && params.rank < width ? ofRank(whole, width, params.rank, context.seed) : whole
    const made = madeBy('operate-representations', { params, data, approximation: 'The linear part of representation surgery.' })
    const statistics = await context.blobs.put(encodeTable([{ matrix: head, quantity: 'map', shape: [width, width], data: map }], { made }))
    const weights: WeightsExpression = {
      op: 'merge',
      method: 'surgery',
      models: [{ weights: merged, params: {}, statistics }],
      params: {},
      seed: 0,
    }
    const before = meanDistance(own.features, goal.features, undefined, width)
    const module = await bentMap(own.features, goal.features, width, params.bend, context)
    const losses = test && (await lossesOn(textsOf(test, params), { merged, corrected: weights }, module, context))
    return {
      weights,
      report: {
        before,
        after: meanDistance(own.features, goal.features, map, width),
        ...(module ? { bent: meanMiss(own.features, goal.features, width, module) } : {}),
        ...(losses ? { losses } : {}),
        tokens: own.features.length / width,
      },
    }
  },
)

/** The module of the paper, 16 wide; undefined where it gets no steps. */
async function bentMap(
  z: Float32Array,
  e: Float32Array,
  n: number,
  steps: number,
  { seed, signal }: RunContext,
): Promise<BentMap | undefined> {
  if (steps === 0) return undefined
  return inTurns(fitBend(z, e, n, { hidden: 16, steps, seed }), signal)
}

/** Nats a token on the answers: of the merge as it is, with the linear part in its head, and with the module between its last norm and its head. */
async function lossesOn(
  texts: StatisticsRequest['texts'],
  { merged, corrected }: { readonly merged: WeightsExpression; readonly corrected: WeightsExpression },
  module: BentMap | undefined,
  context: RunContext,
): Promise<{ readonly merged: number; readonly corrected: number; readonly bent?: number }> {
  const lossOf = (weights: WeightsExpression, more: Partial<StatisticsRequest>): Promise<number> =>
    withModelOf(weights, context, async (model) => {
      const { nats, scored } = await flowOf(model, { texts, weights: [], outputs: false, ...more }, context)
      return nats / Math.max(1, scored)
    })
  return {
    merged: await lossOf(merged, {}),
    corrected: await lossOf(corrected, {}),
    ...(module ? { bent: await lossOf(merged, { bend: module }) } : {}),
  }
}

async function statesOf(
  model: ModelRef,
  request: StatisticsRequest,
  context: RunContext,
): Promise<{ readonly features: Float32Array; readonly width: number }> {
  const found = (await flowOf(model, request, context)).inputs.find(({ weights }) => weights.includes(head))
  if (found?.features) return { features: found.features, width: found.width }
  throw new TributaryError(
    'model-unsupported',
    `"${model.name}" has no output head of its own: it shares the embedding, which an operation would spoil.`,
  )
}

/** Mean |M·z − e| over rows and channels. */
function meanDistance(z: Float32Array, e: Float32Array, map: Float32Array | undefined, n: number): number {
  const rows = Math.min(z.length, e.length) / n
  let sum = 0
  for (let r = 0; r < rows; r++)
    for (let i = 0; i < n; i++) {
      let moved = z[r * n + i] as number
      if (map) {
        moved = 0
        for (let j = 0; j < n; j++) moved += (map[i * n + j] as number) * (z[r * n + j] as number)
      }
      sum += Math.abs(moved - (e[r * n + i] as number))
    }
  return sum / Math.max(1, rows * n)
}
