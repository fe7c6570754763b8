import type { WeightsExpression, WeightsParams } from '../../../shared/expression'
import { defineNode } from '../../node-runtime'
import { weightsCatalog } from '../../weights/catalog'
import type { AnyMethod } from '../../weights/method'
import { refuse } from '../../weights/settings'
import { withAdapters } from './adapted-candidates'
import { listText, methodOptions, perModelList, withSchedules } from './method-params'
import { lossOfWeights, objectiveParam, type Row, rowsOf } from './objectives'
import { formOf } from './search-forms'
import { searchedRows, searchedRowsParams, searchRecord } from './searched-rows'
import { searchMerges, searchParams } from './searching'
import { baseStatisticsFrom, statisticsInputs, statisticsOf } from './statistics-inputs'
import { usedBase } from './used-base'

const { methods, method: find } = weightsCatalog()
const weighted = methods.filter(({ perModel }) => Object.hasOwn(perModel, 'weight'))

/** Finds the weights of a merge by trying them. */
export default defineNode(
  {
    type: 'search-coefficients',
    version: 1,
    title: 'Search coefficients',
    family: 'merging',
    formula: 'w* = argmin_w L(merge(w)) on the rows',
    summary: 'Finds the weights of a merge by trying merges on held-out rows and keeping the best.',
    help: `Every candidate is merged into one working file, where only what it has otherwise than the one before is written, and judged on the rows; the file goes at the end, and the best candidate leaves as a weights wire. *Form* says what is searched:

- **one share**: two models, λ and 1 − λ (checkpoints: the newer one first, λ from 0.5 to 1);
- **shares of one**: a softmax over all models (a learned soup, found without gradients);
- **shares of one, all mixtures alike**: the same as cuts of a length; with *Evenly* the mixtures are drawn from Dirichlet(1), as for Fisher-weighted averages;
- **one weight each**: free weights (AdaMerging by certainty; evolutionary merging);
- **weights for parts of the layers**: seven for each model (attention and feed-forward at the first, middle and last layers, and all else), a coarse form of layer-wise AdaMerging;
- **weight and density each**: for TIES and DARE, as evolutionary merging searches them;
- **one mask over parts of the layers** (grouped Concrete mask, an approximation): task vectors are kept or dropped together, by four parts of the depth and by attention and feed-forward; all have the weight *Mean*. The published method has a mask on every weight and learns it by gradients;
- **a share for each part of the layers**: two models, such as the aligned one and the one before alignment; each of *Parts* parts of the depth has a share of the first, their mean is *Mean*, and embedding and head take the mean (adaptive model averaging; its authors take 3 parts and a mean of 0.2).

Use rows that no test uses: what is searched on cannot judge. By certainty a merge that only repeats itself looks good too: a candidate whose answers have fewer than 30 % different tokens counts for nothing, and a *probe* with answers tells what the best one is worth.

Safe merging (Hammoud et al. 2024): wire prompts with careful answers to *safe*, and their loss counts β times (*Safety*) beside that of the task, so that a model which lost its caution is taken back. *Canary check* counts refusals afterwards.

A budget of 12 suits one number, 50 to 200 several.`,
    synonyms: ['evolutionary', 'adamerging', 'learned soup', 'bayesian optimisation', 'tune weights', 'cma-es', 'optimise'],
    survey: '3',
    paper: 'Akiba et al. 2024, arXiv:2403.13187; Liu et al. 2024, arXiv:2403.19390; Yang et al. 2023, arXiv:2310.02575',
    systems: ['concrete', 'ama', 'checkpoint-bayes', 'model-soup-learned', 'adamerging', 'evolutionary-weights', 'safe-merging'],
    inputs: {
      models: { wire: 'weights', arity: 'some', summary: 'what to merge' },
      base: { wire: 'weights', arity: 'optional', summary: 'the common ancestor, where the method needs it' },
      data: { wire: 'dataset', arity: 'one', summary: 'prompts and answers to judge by' },
      safe: {
        wire: 'dataset',
        arity: 'optional',
        summary:
          'prompts with the answers that a careful model gives (refusals, true answers): they count *Safety* times beside the others',
      },
      probe: {
        wire: 'dataset',
        arity: 'optional',
        summary: 'other rows, with answers: the loss of the best merge on them is told, and decides nothing',
      },
      ...statisticsInputs,
    },
    outputs: {
      weights: { wire: 'weights', summary: 'the best merge' },
      coefficients: { wire: 'text', summary: 'its weights, as a list' },
      report: { wire: 'json', summary: 'every candidate with its loss, in order' },
    },
    params: {
      method: {
        kind: 'choice',
        default: 'linear',
        title: 'Method',
        summary: 'how candidates are merged',
        options: methodOptions(weighted),
      },
      form: {
        kind: 'choice',
        default: 'share',
        title: 'Form',
        summary: 'what is searched',
        options: [
          { value: 'share', title: 'one share (two models)' },
          { value: 'softmax', title: 'shares of one' },
          { value: 'simplex', title: 'shares of one, all mixtures alike' },
          { value: 'free', title: 'one weight each' },
          { value: 'grouped', title: 'weights for parts of the layers, of each model' },
          { value: 'dense', title: 'weight and density each' },
          { value: 'layers', title: 'a share for each part of the layers (two models)' },
          { value: 'concrete', title: 'one mask over parts of the layers' },
          { value: 'concrete-free', title: 'that mask, and a weight each' },
        ],
      },
      ...searchParams('bayes', 12),
      low: {
        kind: 'number',
        default: 0,
        min: -10,
        max: 10,
        step: 0.05,
        title: 'Least',
        summary: 'least weight',
        when: { param: 'form', in: ['share', 'free', 'grouped', 'dense', 'concrete-free'] },
      },
      high: {
        kind: 'number',
        default: 1,
        min: -10,
        max: 10,
        step: 0.05,
        title: 'Most',
        summary: 'largest weight',
        when: { param: 'form', in: ['share', 'free', 'grouped', 'dense', 'concrete-free'] },
      },
      safety: {
        kind: 'number',
        default: 1,
        min: 0,
        max: 100,
        step: 0.1,
        title: 'Safety',
        summary: 'β: how much the loss on the safe answers counts, where some are wired',
      },
      mean: {
        kind: 'number',
        default: 0.5,
        min: 0,
        max: 1,
        step: 0.05,
        title: 'Mean',
        summary: 'mean share of the first model over the layers; with a mask: the weight of every model',
        when: { param: 'form', in: ['layers', 'concrete'] },
      },
      parts: {
        kind: 'number',
        default: 3,
        min: 1,
        max: 16,
        integer: true,
        title: 'Parts',
        summary: 'of the depth, as equal as the number of layers allows; more of them fit the rows better, and other rows worse',
        when: { param: 'form', in: ['layers'] },
      },
      densities: {
        kind: 'text',
        default: '',
        placeholder: '0.5, 0.5',
        title: 'Densities',
        summary: 'which share of each task vector stays, where it is not searched; empty: the method’s usual share',
        when: { param: 'method', in: weighted.filter(({ perModel }) => Object.hasOwn(perModel, 'density')).map(({ name }) => name) },
      },
      settings: {
        kind: 'json',
        default: {},
        advanced: true,
        title: 'Settings',
        summary: 'other settings of the method, such as {"scope": "tensor"}',
      },
      judge: {
        kind: 'choice',
        default: 'files',
        advanced: true,
        title: 'Candidates',
        summary: 'how candidates come to be judged',
        options: [
          { value: 'files', title: 'merged into a working file', summary: 'exact, for every method' },
          {
            value: 'adapters',
            title: 'as adapters of the base',
            summary: 'no file is written: for task arithmetic, one weight each, by likelihood; the best is then merged exactly',
          },
        ],
      },
      adapterRank: {
        kind: 'number',
        default: 32,
        min: 1,
        max: 512,
        integer: true,
        advanced: true,
        title: 'Rank',
        summary: 'of the adapters; the higher, the nearer to the models',
        when: { param: 'judge', in: ['adapters'] },
      },
      forceAdapters: {
        kind: 'boolean',
        default: false,
        advanced: true,
        title: 'Force adapters',
        summary: 'go on where an adapter keeps less than 90 % of the squared change',
        when: { param: 'judge', in: ['adapters'] },
      },
      objective: objectiveParam,
      ...searchedRowsParams,
    },
    effect: 'pure',
    resource: 'model',
    stochastic: true,
  },
  async ({ inputs: { models, base, data, safe, probe, statistics, baseStatistics }, params, context }) => {
    const rows = searchedRows(data, params)
    const method = find(params.method) as AnyMethod
    const form = formOf(params.form, models.length, params)
    const used = usedBase(method, base, context)
    const measured = statisticsOf(method, statistics, models.length)
    const fixed = perModelList(Object.hasOwn(method.perModel, 'density') ? params.densities : '', models.length, 'densities').map(
      (density): WeightsParams => (density === undefined ? {} : { density }),
    )
    const settings = withSchedules({}, params.settings) as WeightsParams
    const expressionOf = (point: readonly number[]): Extract<WeightsExpression, { op: 'merge' }> => ({
      op: 'merge',
      method: method.name,
      ...(used === undefined ? {} : { base: used }),
      models: models.map((weights, index) => ({ weights, params: { ...fixed[index], ...form.each(point)[index] }, ...measured[index] })),
      ...baseStatisticsFrom(method, baseStatistics),
      params: settings,
      seed: method.stochastic ? context.seed : 0,
    })
    const also = safe && { rows: searchedRows(safe, params), factor: params.safety }
    const search = (lossAt?: (point: readonly number[], on: readonly Row[]) => Promise<number>) =>
      searchMerges({ space: form.space, expressionOf, lossAt, rows, also, params }, context)
    const scale = typeof settings.scale === 'number' ? settings.scale : 1
    const byAdapters = async (): Promise<Awaited<ReturnType<typeof searchMerges>>> =>
      withAdapters(
        { models, base: baseForAdapters(method, used, params), rank: params.adapterRank, force: params.forceAdapters },
        context,
        async ({ lossOf, kept }) => {
          const found = await search((point, on) =>
            lossOf(
              form.each(point).map(({ weight }) => scale * Number(weight)),
              on,
            ),
          )
          return { ...found, report: { ...found.report, adaptersKeep: [...kept] } }
        },
      )
    const { best, tried, report } = await (params.judge === 'adapters' ? byAdapters() : search())
    const probed = probe && (await lossOfWeights(expressionOf(best.point), rowsOf(probe, params), 'likelihood', context))
    const record = searchRecord('search-coefficients', {
      search: params.search,
      objective: params.objective,
      candidates: params.judge,
      budget: params.budget,
      tried,
      best: Number.isFinite(best.loss) ? best.loss : null,
      data,
      rows,
    })
    return {
      weights: { ...expressionOf(best.point), search: record },
      coefficients: listText(form.each(best.point).map(({ weight }) => weight)),
      report: probed === undefined ? report : { ...report, probe: probed },
    }
  },
)

/** Throws `weights-parameter` for what adapters cannot stand for. */
function baseForAdapters(
  method: AnyMethod,
  base: WeightsExpression | undefined,
  { form, objective }: { readonly form: string; readonly objective: string },
): WeightsExpression {
  if (base === undefined || method.name !== 'task-arithmetic' || !['share', 'softmax', 'free'].includes(form) || objective !== 'likelihood')
    return refuse(
      'Search by adapters',
      'takes task arithmetic with a base, one weight or share for each model, judged by likelihood',
      'Choose these, or judge candidates merged into a working file.',
    )
  return base
}
