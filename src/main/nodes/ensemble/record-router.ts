import { TributaryError } from '../../../shared/errors'
import type { ModelRef } from '../../../shared/value'
import { defineNode, type RunContext } from '../../node-runtime'
import { chooseByUtility, predictRightness } from '../../ranking/records'
import { buildPostings, openBm25 } from '../../retrieval/bm25'
import { packVectors, searchDense } from '../../retrieval/dense'
import { tokenize } from '../../retrieval/tokenize'
import { embedderParam } from '../common-params'
import { embedAll } from '../cooperation/build-index'
import { columnsOfModels, numberOf, numbersByName } from './records-of'

/** One model out of several, by what happened to questions like this one. */
export default defineNode(
  {
    type: 'record-router',
    version: 1,
    title: 'Router by records',
    family: 'ensemble',
    survey: '4.1',
    paper: 'Shnitzer et al. 2023, arXiv:2309.15789',
    summary: 'Chooses the model that was right most often on questions like this one.',
    help: [
      'Needs a table of past questions: one column with the question, and one column for each model, named as the model is, with 1 where it was right and 0 where it was wrong (or anything between). The nearest questions, by shared words or by an embedding model, vote.',
      '',
      'With costs, a model must be better by λ for each unit that it costs more. Equal models: the cheaper, then the earlier. When no question is alike, the whole table decides.',
    ].join('\n'),
    synonyms: ['kNN router', 'benchmark', 'route', 'select model', 'RouterBench', 'history'],
    systems: ['router-benchmark'],
    inputs: {
      prompt: { wire: 'text', arity: 'one', summary: 'the question' },
      models: { wire: 'model', arity: 'some', takesList: true, summary: 'the models to choose from' },
      records: { wire: 'dataset', arity: 'one', summary: 'past questions and who was right' },
    },
    outputs: {
      model: { wire: 'model', summary: 'the chosen model' },
      choice: { wire: 'number', summary: 'its place among the models, from 0' },
      scores: { wire: 'scores', summary: 'the share of like questions that each model got right' },
    },
    params: {
      column: { kind: 'text', default: 'question', summary: 'the column with the questions' },
      k: {
        kind: 'number',
        default: 5,
        min: 1,
        max: 1000,
        integer: true,
        unit: 'questions',
        title: 'Neighbours',
        summary: 'how many like questions vote',
      },
      embedder: embedderParam('what is alike in meaning; none: in words'),
      costs: { kind: 'json', default: {}, summary: 'cost by name of model, e.g. {"large": 1}; others cost 0', advanced: true },
      lambda: {
        kind: 'number',
        default: 0,
        min: 0,
        max: 100,
        step: 0.1,
        title: 'λ',
        summary: 'rightness that one unit of cost must bring',
        advanced: true,
      },
    },
    effect: 'pure',
    resource: 'model',
  },
  async ({ inputs, params, context }) => {
    const models = inputs.models.flat()
    const { records } = inputs
    if (models.length === 0)
      throw new TributaryError('data-empty', 'The router has no models to choose from.', { place: { port: 'models' } })
    columnsOfModels(
      records,
      params.column,
      models.map(({ name }) => name),
    )
    const questions = records.rows.map((row) => String(row[params.column] ?? ''))
    const near =
      params.embedder === null
        ? nearByWords(questions, inputs.prompt, params.k)
        : await nearByMeaning(questions, inputs.prompt, params.k, params.embedder, context)
    const labels = records.rows.map((row) => models.map(({ name }) => numberOf(row[name])))
    const rightness = predictRightness(labels, near.length === 0 ? labels.map((_, index) => index) : near, models.length)
    const costs = numbersByName(params.costs, models)
    const choice = chooseByUtility(rightness, costs, params.lambda)
    return { model: models[choice]!, choice, scores: models.map(({ name }, index) => ({ name, value: rightness[index] ?? 0 })) }
  },
)

function nearByWords(questions: readonly string[], prompt: string, k: number): number[] {
  const engine = openBm25(buildPostings(questions.map((text) => tokenize(text, { stem: true }))))
  return engine.search(tokenize(prompt, { stem: true }), k).map(({ index }) => index)
}

async function nearByMeaning(
  questions: readonly string[],
  prompt: string,
  k: number,
  embedder: ModelRef,
  context: RunContext,
): Promise<number[]> {
  const vectors = await embedAll([...questions, prompt], embedder, context)
  return searchDense(packVectors(vectors.slice(0, -1)), vectors.at(-1)!, k).map(({ index }) => index)
}
