import { TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import type { Dataset } from '../../../shared/value'
import { defineNode } from '../../node-runtime'
import { type PastAnswers, trainRouter } from '../../ranking/router'
import { columnsOfModels, numberOf } from './records-of'

/** Past answers → a router that needs only the question. */
export default defineNode(
  {
    type: 'train-router',
    version: 1,
    title: 'Train router',
    family: 'ensemble',
    survey: '4.1',
    paper:
      'Lu et al. 2023, arXiv:2311.08692; Ding et al. 2024, arXiv:2404.14618; Srivatsa et al. 2024, arXiv:2405.00467; Mohammadshahi et al. 2024, arXiv:2401.13979',
    summary: 'Learns from past answers which model suits which question.',
    help: [
      'Needs a table with one column of questions and one column for each model with the quality of its answer (1 right, 0 wrong, a reward, or anything between). A question on several rows counts as several samples. Trained in moments on words, word pairs, length and numbers of the question; no chance is in it.',
      '',
      '- **Rewards** (ZOOTER): the softmax of the rewards is what each model’s share should be; noisy rewards are blended with the mean of questions that have a *tag* in common.',
      '- **Difficulty** (Hybrid LLM): two models, the small one first: how likely its answer is as good as the large one’s. The gap that it may fall short is chosen so that the labels differ most.',
      '- **Scores** (Routoo): the expected score of each model, for choices by score less cost, and within a budget.',
      '- **Clusters** (Srivatsa): questions are grouped by their words; in each group the models that were right often enough.',
      '',
      'Connect *router* to *Trained router*, which chooses.',
    ].join('\n'),
    synonyms: ['ZOOTER', 'Hybrid LLM', 'Routoo', 'Leeroo', 'classifier', 'k-means', 'RouteLLM', 'learn', 'reward', 'route'],
    systems: ['zooter', 'hybrid-llm', 'router-cluster', 'routoo'],
    inputs: { records: { wire: 'dataset', arity: 'one', summary: 'past questions and how good each model’s answer was' } },
    outputs: { router: { wire: 'json', summary: 'what was learnt' } },
    params: {
      method: {
        kind: 'choice',
        default: 'score',
        summary: 'what is learnt',
        options: [
          { value: 'score', title: 'Scores of every model' },
          { value: 'reward', title: 'Rewards, as shares' },
          { value: 'difficulty', title: 'Difficulty for the small model' },
          { value: 'clusters', title: 'Clusters of questions' },
        ],
      },
      models: {
        kind: 'text',
        default: '',
        placeholder: 'small, large',
        title: 'Models',
        summary: 'columns of the models, with commas between; for difficulty the small one first; empty: all columns but question and tags',
      },
      column: { kind: 'text', default: 'question', summary: 'the column with the questions' },
      tags: {
        kind: 'text',
        default: 'tags',
        summary: 'the column with kinds of question, with commas between; it may be absent',
        when: { param: 'method', in: ['reward'] },
      },
      beta: {
        kind: 'number',
        default: 0.3,
        min: 0,
        max: 1,
        step: 0.1,
        title: 'β',
        summary: 'weight of a question’s own rewards against those of its tags',
        when: { param: 'method', in: ['reward'] },
      },
      clusters: {
        kind: 'number',
        default: 50,
        min: 1,
        max: 500,
        integer: true,
        title: 'Clusters',
        summary: 'groups of questions at most',
        when: { param: 'method', in: ['clusters'] },
      },
    },
    effect: 'pure',
    resource: 'cpu',
    face: 'method',
  },
  ({ inputs: { records }, params }) => {
    const past = pastAnswers(records, params)
    if (params.method === 'difficulty' && past.models.length !== 2)
      throw new TributaryError('input-type', `Difficulty compares two models, the small one first; the table has ${past.models.length}.`, {
        hint: 'Name the two columns in “Models”.',
        place: { port: 'records' },
      })
    return { router: trainRouter(past, params.method, { beta: params.beta, clusters: params.clusters }) as unknown as Json }
  },
)

function pastAnswers(records: Dataset, { models: named, column, tags }: { models: string; column: string; tags: string }): PastAnswers {
  const listed = named
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  const models = listed.length > 0 ? listed : records.columns.filter((name) => name !== column && name !== tags)
  columnsOfModels(records, column, models)
  if (models.length === 0 || records.rows.length === 0)
    throw new TributaryError('data-empty', 'The table has no past answers to learn from.', { place: { port: 'records' } })
  return {
    models,
    rows: records.rows.map((row) => ({
      question: String(row[column] ?? ''),
      qualities: models.map((name) => numberOf(row[name])),
      tags: String(row[tags] ?? '')
        .split(',')
        .map((tag) => tag.trim())
        .filter(Boolean),
    })),
  }
}
