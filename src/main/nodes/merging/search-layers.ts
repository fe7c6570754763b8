import { TributaryError } from '../../../shared/errors'
import type { WeightsExpression } from '../../../shared/expression'
import { type DescribedModel, defineNode } from '../../node-runtime'
import { pathOf, pathSpace } from '../../weights/search/layer-path'
import { refuse } from '../../weights/settings'
import { objectiveParam } from './objectives'
import { searchedRows, searchedRowsParams, searchRecord } from './searched-rows'
import { searchMerges, searchParams } from './searching'
import { layersText } from './stack-layers'

/** The most numbers that a search is let loose on: beyond them no budget of a person suffices. */
const mostNumbers = 400

/** Evolves which layers of which models follow each other. */
export default defineNode(
  {
    type: 'search-layers',
    version: 1,
    title: 'Search layers',
    family: 'merging',
    formula: 'layers* = argmin L(stack(layers)) on the rows, at most {most} times as deep as the first model',
    summary: 'Finds an order of layers, of one or several models, that does better than any of them.',
    help: `All layers of all models stand in a row, *Repeats* times; a candidate uses some of them, in that order. With *Scales* the stream of activations is also multiplied on the way into a layer that follows another than its own predecessor; that is worked into the weights, so the result is a plain model that llama.cpp runs. The search begins at the first model as it is, which is one of the candidates: the best is never worse on these rows.

Every candidate is written, judged on the rows and deleted. The space is large and jumps: give it a budget of 100 and more, small models and few rows. Judge the result on other rows, for a search finds what its rows reward.`,
    synonyms: ['evolutionary', 'data flow space', 'frankenmerge', 'depth', 'layer order', 'passthrough', 'genetic', 'cma-es'],
    survey: '3',
    paper: 'Akiba et al. 2024, arXiv:2403.13187',
    systems: ['evolutionary-layers'],
    inputs: {
      models: { wire: 'weights', arity: 'some', summary: 'equally wide models; the search begins at the first' },
      data: { wire: 'dataset', arity: 'one', summary: 'prompts and answers to judge by' },
    },
    outputs: {
      weights: { wire: 'weights', summary: 'the best stack of layers' },
      layers: { wire: 'text', summary: 'its layers, as Stack layers takes them' },
      report: { wire: 'json', summary: 'every candidate with its loss, in order' },
    },
    params: {
      repeats: {
        kind: 'number',
        default: 2,
        min: 1,
        max: 4,
        integer: true,
        title: 'Repeats',
        summary: 'how often a layer may be used',
      },
      row: {
        kind: 'choice',
        default: 'depth',
        advanced: true,
        title: 'Row',
        summary: 'how the layers of several models stand in the row',
        options: [
          { value: 'depth', title: 'by depth', summary: 'a layer can replace the one of its place in another model' },
          { value: 'models', title: 'model by model', summary: 'as published' },
        ],
      },
      scales: { kind: 'boolean', default: true, title: 'Scales', summary: 'search how strongly the stream enters each layer too' },
      most: {
        kind: 'number',
        default: 2,
        min: 1,
        max: 8,
        step: 0.5,
        title: 'Depth',
        summary: 'at most so many times as deep as the first model',
      },
      ...searchParams('genetic', 120),
      objective: objectiveParam,
      ...searchedRowsParams,
    },
    effect: 'pure',
    resource: 'model',
    stochastic: true,
    face: 'search',
  },
  async ({ inputs: { models, data }, params, context }) => {
    const rows = searchedRows(data, params)
    const { outline } = context.weights
    if (outline === undefined) throw new TributaryError('model-unsupported', 'Layers cannot be counted here.')
    const outlines: DescribedModel[] = []
    for (const model of models) outlines.push(await outline(model, context.blobs))
    if (params.scales) for (const one of outlines) requireNormalisedInputs(one)
    const asked = { depths: outlines.map(({ blocks }) => blocks), repeats: params.repeats, scales: params.scales, row: params.row }
    const space = pathSpace(asked)
    if (space.low.length > mostNumbers)
      refuse(
        'Search layers',
        `would search ${space.low.length} numbers, and ${mostNumbers} are the most`,
        'Take fewer models, repeats or no scales.',
      )
    const longest = params.most * (asked.depths[0] ?? 0)
    const expressionOf = (point: readonly number[]): Extract<WeightsExpression, { op: 'stack' }> | undefined => {
      const layers = pathOf(point, asked)
      return layers.length === 0 || layers.length > longest ? undefined : { op: 'stack', sources: models, layers }
    }
    const { best, tried, report } = await searchMerges({ space, expressionOf, rows, startFirst: true, params }, context)
    const found = expressionOf(best.point)
    if (found === undefined) return refuse('Search layers', 'judged no candidate', 'Raise the budget, or allow more depth.')
    const search = searchRecord('search-layers', {
      search: params.search,
      objective: params.objective,
      budget: params.budget,
      space: { ...asked, most: params.most },
      tried,
      best: Number.isFinite(best.loss) ? best.loss : null,
      data,
      rows,
    })
    return { weights: { ...found, search }, layers: layersText(pathOf(best.point, asked)), report }
  },
)

/** A scale of the stream can be worked into the weights only where attention and feed-forward both read a normalised stream. */
function requireNormalisedInputs({ architecture, tensors }: DescribedModel): void {
  if (['attn_norm', 'ffn_norm'].every((norm) => tensors.some(({ name }) => name === `blk.0.${norm}.weight`))) return
  throw new TributaryError(
    'model-unsupported',
    `The layers of a ${architecture} model do not normalise what they read: scales cannot be worked in.`,
    {
      hint: 'Turn Scales off.',
    },
  )
}
