import { TributaryError } from '../../../shared/errors'
import type { ModelRef } from '../../../shared/value'
import { fitConstantShare, fitEntropyShare, type LoggedStep, lossOfShare, shareByEntropy } from '../../decoding/fit-share'
import type { TokenPrediction } from '../../models/model'
import { defineNode } from '../../node-runtime'
import { promptParams } from '../ensemble/prompting'
import { rowsOf, rowsParams } from '../merging/objectives'
import { answersSteps } from './answer-steps'

const leastRows = 4

/** A quarter of the rows is not fitted on, and tells what the fit is worth: by the golden ratio, so that no order of the rows favours some kind. */
const isKeptOut = (row: number): boolean => ((row + 1) * 0.6180339887498949) % 1 < 0.25

/** How two models are best mixed, learnt from a development text. */
export default defineNode(
  {
    type: 'fit-mix',
    version: 1,
    title: 'Fit a mix (CombLM)',
    family: 'cooperation',
    summary: 'Learns from a development text how much say each of two models should have, token by token.',
    help: `Both models read the answers of the dataset; what each gave every token, and how sure it was, is written down. Then two mixes are fitted to make the answers likeliest: one **fixed share**, and a share by **confidence**, λ = σ(a·H_first + b·H_second + c), CombLM’s entropy form.

Wire *weights* to the Weights of *Average of models*, or *a*, *b* and *c* to *Mix by confidence* with the rule *fitted*; the first model is the first wire there too. The models stay black boxes: nothing of them is changed, and forty rows are usually enough for three numbers.

A quarter of the rows is kept out of the fit; *report* has the perplexity of each model alone, of halves, and of both fits on those rows. Costs one reading of the answers by each model.`,
    synonyms: ['CombLM', 'learn weights', 'calibrate', 'lambda', 'mixture weights', 'fit', 'interpolation', 'development set'],
    survey: '5.2.3',
    paper: 'Ormazabal et al. 2023, arXiv:2305.16876',
    systems: ['comblm'],
    inputs: { data: { wire: 'dataset', arity: 'one', summary: 'prompts and answers of the kind that will be written' } },
    outputs: {
      weights: { wire: 'json', summary: 'the fixed shares, for Average of models' },
      a: { wire: 'number', summary: 'weight of the first model’s entropy' },
      b: { wire: 'number', summary: 'weight of the second model’s entropy' },
      c: { wire: 'number', summary: 'constant' },
      report: { wire: 'json', summary: 'perplexities on the rows that were kept out' },
    },
    params: {
      first: { kind: 'model', default: null, needs: 'distribution', title: 'First', summary: 'for instance the large model' },
      second: { kind: 'model', default: null, needs: 'distribution', title: 'Second', summary: 'for instance the small tuned model' },
      ...rowsParams,
      ...promptParams,
    },
    effect: 'pure',
    resource: 'model',
    face: 'first',
  },
  async ({ inputs: { data }, params, context }) => {
    const rows = rowsOf(data, params)
    if (rows.length < leastRows)
      throw new TributaryError('data-empty', `${data.name} has ${rows.length} rows; a mix is fitted on at least ${leastRows}.`, {
        hint: 'Add rows: one in four is kept out of the fit, to tell what it is worth.',
        place: { port: 'data' },
      })
    const [own, other] = [params.first.vocabulary, params.second.vocabulary]
    if (own !== undefined && other !== undefined && own !== other) throw otherTokens(params.first, params.second)
    context.progress(0, 2, 'models')
    const firsts = await answersSteps(params.first, rows, params, context)
    context.progress(1, 2, 'models')
    const seconds = await answersSteps(params.second, rows, params, context)
    context.progress(2, 2, 'models')
    const logged = firsts.map((first, row): LoggedStep[] => {
      const second = seconds[row] as readonly TokenPrediction[]
      if (first.length !== second.length) throw otherTokens(params.first, params.second)
      return first.map((step, i) => ({ first: step, second: second[i] as TokenPrediction }))
    })
    const fitted = logged.filter((_, row) => !isKeptOut(row)).flat()
    const test = logged.filter((_, row) => isKeptOut(row)).flat()
    const share = fitConstantShare(fitted)
    const form = fitEntropyShare(fitted)
    const perplexity = (of: (step: LoggedStep) => number): number => Math.exp(lossOfShare(test, of))
    return {
      weights: [share, 1 - share],
      ...form,
      report: {
        tokens: { fitted: fitted.length, test: test.length },
        perplexity: {
          first: perplexity(() => 1),
          second: perplexity(() => 0),
          halves: perplexity(() => 0.5),
          fixed: perplexity(() => share),
          confidence: perplexity(shareByEntropy(form)),
        },
      },
    }
  },
)

const otherTokens = (first: ModelRef, second: ModelRef): TributaryError =>
  new TributaryError('vocabulary-mismatch', `${first.name} and ${second.name} cut text into different tokens.`, {
    hint: 'fit two models of one vocabulary',
    place: { port: 'second' },
  })
