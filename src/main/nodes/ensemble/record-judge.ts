import { TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import type { Candidate, Dataset } from '../../../shared/value'
import { Random } from '../../decoding/random'
import { defineNode } from '../../node-runtime'
import { answerFeatures, type ExpertAnswer } from '../../ranking/answer-features'
import { askForest, type ForestRow, growForest } from '../../ranking/forest'
import { ranksOf } from '../../ranking/pairwise'
import { columnsOfModels, createLearnt, numberOf } from './records-of'

const learnt = createLearnt<ReturnType<typeof growForest>>()

/** MoRE: a random forest, grown on past answers of the same experts, says which answer is right, or that none is. */
export default defineNode(
  {
    type: 'record-judge',
    version: 1,
    title: 'Judge by record',
    family: 'ensemble',
    survey: '4.3',
    paper: 'Si et al. 2023, arXiv:2305.14628',
    summary: 'Scores the experts’ answers by how such answers fared before; takes the best, or declines.',
    help: [
      'A random forest of a hundred trees, grown on the table of *Record answers*, gives each answer its probability of being right: by the expert, the kind of question, how sure the expert was, and above all who agrees with whom. The most probable answer is taken; below *least* the node **declines**: its text is empty.',
      '',
      'Each answer’s *source* is the name of its expert, as in the table. No model runs. Features of passages and of chains of thought, which the original also uses, are left out.',
    ].join('\n'),
    synonyms: ['MoRE', 'random forest', 'selective', 'abstain', 'agreement', 'calibrate', 'classifier'],
    systems: ['more'],
    inputs: {
      question: { wire: 'text', arity: 'one', summary: 'the question' },
      candidates: { wire: 'candidates', arity: 'one', summary: 'the experts’ answers; source: the expert, score: how sure it was' },
      records: { wire: 'dataset', arity: 'one', summary: 'what the experts did on past questions, as Record answers writes it' },
    },
    outputs: {
      text: { wire: 'text', summary: 'the answer taken; empty where it declines' },
      share: { wire: 'number', summary: 'how likely it is right' },
      declined: { wire: 'boolean', summary: 'no answer was likely enough' },
      candidates: { wire: 'candidates', summary: 'all answers, the likeliest first' },
    },
    params: {
      least: {
        kind: 'number',
        default: 0,
        min: 0,
        max: 1,
        step: 0.05,
        title: 'Least',
        summary: 'an answer less likely right than this is not given',
      },
      column: { kind: 'text', default: 'question', summary: 'the column with the questions' },
      trees: {
        kind: 'number',
        default: 100,
        min: 1,
        max: 1000,
        integer: true,
        title: 'Trees',
        summary: 'trees of the forest',
        advanced: true,
      },
    },
    effect: 'pure',
    resource: 'cpu',
    stochastic: true,
    face: 'least',
  },
  ({ inputs: { question, candidates, records }, params, context }) => {
    if (candidates.length === 0) throw new TributaryError('data-empty', 'There are no answers to judge.', { place: { port: 'candidates' } })
    const experts = [...new Set(candidates.map(({ source = '' }) => source))]
    columnsOfModels(
      records,
      params.column,
      experts.flatMap((name) => [name, `${name} answer`, `${name} sureness`]),
    )
    const forest = learnt(records, [params.column, params.trees, context.seed, experts], () => {
      const random = new Random(context.seed)
      return growForest(pastRows(records, params.column, experts), () => random.uniform(), params.trees)
    })
    const answers = candidates.map((candidate) => answerOf(candidate, experts))
    const scores = answers.map((own) => askForest(forest, answerFeatures(question, answers, own, experts.length)))
    const ranks = ranksOf(scores)
    const ranked = candidates.map((candidate, i) => ({ ...candidate, score: scores[i]!, rank: ranks[i]! })).sort((a, b) => a.rank - b.rank)
    const best = ranked[0]!
    const declined = best.score < params.least
    return { text: declined ? '' : best.text, share: best.score, declined, candidates: ranked }
  },
)

const answerOf = ({ source = '', text, score, logprob }: Candidate, experts: readonly string[]): ExpertAnswer => ({
  expert: experts.indexOf(source),
  text,
  sureness: score ?? (logprob === undefined ? 0 : Math.exp(logprob)),
})

function pastRows({ rows }: Dataset, column: string, experts: readonly string[]): ForestRow[] {
  return rows.flatMap((row: Readonly<Record<string, Json>>) => {
    const answers = experts.map(
      (name, expert): ExpertAnswer => ({
        expert,
        text: String(row[`${name} answer`] ?? ''),
        sureness: numberOf(row[`${name} sureness`]) ?? 0,
      }),
    )
    return answers.map((own) => ({
      features: answerFeatures(String(row[column] ?? ''), answers, own, experts.length),
      right: (numberOf(row[experts[own.expert] ?? '']) ?? 0) >= 0.5,
    }))
  })
}
