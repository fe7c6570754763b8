import { TributaryError } from '../../../shared/errors'
import type { WeightsExpression } from '../../../shared/expression'
import type { StatisticsRequest } from '../../models/model'
import { defineNode, type RunContext } from '../../node-runtime'
import { correlations, zipFeatures } from '../../weights/kernels/zip'
import { refuse } from '../../weights/settings'
import { flowOf, textsOf, withModelOf } from './measuring'
import { comparedParams } from './objectives'

/** Joining takes n² numbers and a little more than n² steps for each block. */
const mostUnits = 2048

/** Merges two models feature by feature: the likest hidden units are joined, also within one model. */
export default defineNode(
  {
    type: 'zip-models',
    version: 1,
    title: 'Zip models',
    family: 'merging',
    summary: 'Merges two models by joining the hidden units that behave most alike, also two of one model.',
    help: `Both models read the same texts; in each block the activations of all hidden units of both are correlated, and the likest are joined until as many are left as one model has. Rows of gate and up become the mean of the joined ones, columns of down half their sum; all else is averaged. Unlike a permutation, two units of one model that say the same may become one.

Experimental for language models, feed-forward units only. Up to ${mostUnits} units a block. The models must share sizes and vocabulary, not an ancestor.`,
    synonyms: ['zipit', 'feature matching', 'align', 'correlation'],
    survey: '3',
    paper: 'Stoica et al. 2024, arXiv:2305.03053',
    systems: ['zipit'],
    inputs: {
      first: { wire: 'weights', arity: 'one', summary: 'a model' },
      second: { wire: 'weights', arity: 'one', summary: 'another of the same shape' },
      data: { wire: 'dataset', arity: 'one', summary: 'texts that both read' },
    },
    outputs: {
      weights: { wire: 'weights', summary: 'the merged model' },
      report: { wire: 'json', summary: 'of each block: units joined across the models, within one, and left alone' },
    },
    params: {
      again: {
        kind: 'number',
        default: 0.3,
        min: 0,
        max: 1,
        step: 0.05,
        title: 'Join again',
        summary: 'how readily a joined unit is joined again; 0: never',
      },
      within: {
        kind: 'number',
        default: 0.125,
        min: 0,
        max: 1,
        step: 0.025,
        title: 'Within',
        summary: 'share of the joins that may lie within one model',
      },
      ...comparedParams,
    },
    effect: 'pure',
    resource: 'model',
  },
  async ({ inputs: { first, second, data }, params, context }) => {
    const units = ['blk.*.ffn_down.weight']
    const request: StatisticsRequest = {
      texts: textsOf(data, params),
      features: { rows: params.tokens, weights: units },
      weights: units,
      outputs: false,
    }
    const [a, b] = [await unitsOf(first, request, context), await unitsOf(second, request, context)]
    if (a.length === 0 || a.length !== b.length)
      throw new TributaryError('weights-mismatch', `The two models have ${a.length} and ${b.length} feed-forward blocks.`)
    const groups = a.map((own, block) => {
      const other = b[block] as Units
      if (own.width !== other.width)
        throw new TributaryError('weights-mismatch', `Block ${block} has ${own.width} units in one model and ${other.width} in the other.`)
      if (own.width > mostUnits) refuse('Zip models', `cannot join ${own.width} units a block; ${mostUnits} is the most`)
      return zipFeatures(correlations(own.features, other.features, own.width), own.width, params)
    })
    const weights: WeightsExpression = { op: 'zip', models: [first, second], groups }
    return { weights, report: groups.map((block) => tally(block, block.length)) }
  },
)

interface Units {
  readonly features: Float32Array
  readonly width: number
}

/** Activations of the hidden units of each block, in order. */
async function unitsOf(weights: WeightsExpression, request: StatisticsRequest, context: RunContext): Promise<Units[]> {
  const { inputs } = await withModelOf(weights, context, (model) => flowOf(model, request, context))
  const units: Units[] = []
  for (const { weights: matrices, width, features } of inputs) {
    const block = /^blk\.(\d+)\.ffn_down\.weight$/.exec(matrices[0] ?? '')?.[1]
    if (block !== undefined && features) units[Number(block)] = { features, width }
  }
  return units
}

function tally(groups: readonly (readonly number[])[], n: number): { across: number; within: number; alone: number } {
  const counts = { across: 0, within: 0, alone: 0 }
  for (const group of groups) {
    const both = group.some((unit) => unit < n) && group.some((unit) => unit >= n)
    counts[group.length === 1 ? 'alone' : both ? 'across' : 'within']++
  }
  return counts
}
