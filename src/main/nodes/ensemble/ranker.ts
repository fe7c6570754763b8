import { TributaryError } from '../../../shared/errors'
import { defineNode } from '../../node-runtime'
import { ranksOf } from '../../ranking/pairwise'
import { formParam } from '../asking'
import { judgeParams } from '../cooperation/judge'
import type { RankerMethod } from './rankers/ranker-method'

const order = ['consensus', 'likelihood', 'pairwise', 'similarity', 'relevance', 'entailment']
const methods = Object.values(import.meta.glob('./rankers/*.ts', { eager: true }) as Record<string, { ranker?: RankerMethod }>)
  .flatMap(({ ranker }) => ranker ?? [])
  .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))

const compareTemplate =
  'Question: {{question}}\n\nAnswer A: {{first}}\n\nAnswer B: {{second}}\n\nWhich answer is better? Reply with one letter, A or B.'

/** Several answers, best first. */
export default defineNode(
  {
    type: 'ranker',
    version: 1,
    title: 'Ranker',
    family: 'ensemble',
    survey: '4.3',
    paper: 'Jiang et al. 2023, arXiv:2306.02561; Falke et al. 2019',
    summary: 'Puts several answers in order, best first.',
    help: [
      ...methods.map(({ title, summary }) => `- **${title}**: ${summary}`),
      '',
      'Each candidate comes out with its score and its rank; equal scores share a rank. Scores of different methods cannot be compared.',
    ].join('\n'),
    synonyms: ['rerank', 'LLM-Blender', 'PairRanker', 'judge', 'best of n', 'MBR', 'compare', 'sort'],
    systems: [...new Set(methods.flatMap((method) => method.systems))],
    inputs: {
      candidates: { wire: 'candidates', arity: 'one', summary: 'the answers' },
      question: { wire: 'text', arity: 'optional', summary: 'what they answer; for likelihood it is the prompt itself' },
      documents: { wire: 'documents', arity: 'optional', summary: 'what they should rest on' },
    },
    outputs: {
      candidates: { wire: 'candidates', summary: 'all of them, best first, with scores and ranks' },
      best: { wire: 'text', summary: 'the best answer' },
      scores: { wire: 'scores', summary: 'score by source, best first' },
    },
    params: {
      method: {
        kind: 'choice',
        default: 'consensus',
        summary: 'what makes an answer good',
        options: methods.map(({ name, title, summary, formula }) => ({ value: name, title, summary, formula })),
      },
      model: {
        kind: 'model',
        default: null,
        needs: ['text', 'embeddings', 'relevance', 'entailment', 'comparison'],
        optional: true,
        summary: 'the model that judges (an embedding model for nearness, a reranker for relevance; optional for likeness)',
      },
      rule: {
        kind: 'choice',
        default: 'max-logits',
        title: 'From pairs to ranks',
        summary: 'how comparisons become one order',
        when: { param: 'method', in: ['pairwise'] },
        options: [
          {
            value: 'max-logits',
            title: 'Sum of preferences',
            formula: 'score_i = Σ_j (s_ij − s_ji)',
            summary: 'how clear each comparison was counts too',
          },
          {
            value: 'max-wins',
            title: 'Wins',
            formula: 'score_i = Σ_j [s_ij > 0] + [s_ji < 0]',
            summary: 'each of the two orders is a match',
          },
          { value: 'copeland', title: 'Wins less losses (Copeland)', formula: 'score_i = Σ_j sign(s_ij − s_ji)' },
          {
            value: 'bradley-terry',
            title: 'Strength (Bradley–Terry)',
            formula:
              'score_i = log π_i less their mean, P(i beats j) = π_i / (π_i + π_j), of greatest likelihood where i won σ((s_ij − s_ji) / 2) of its match with j and half of one with π = 1',
            summary: 'beating a strong one counts more',
          },
        ],
      },
      comparisons: {
        kind: 'number',
        default: 200,
        min: 2,
        max: 10_000,
        integer: true,
        title: 'Comparisons at most',
        summary: 'beyond it each candidate meets only its neighbours',
        when: { param: 'method', in: ['pairwise'] },
        advanced: true,
      },
      template: {
        kind: 'text',
        default: compareTemplate,
        multiline: true,
        summary: 'how two answers are put to the judge: {{question}}, {{first}}, {{second}}; it must answer A or B',
        when: { param: 'method', in: ['pairwise'] },
        advanced: true,
      },
      form: { ...formParam, when: { param: 'method', in: ['pairwise', 'likelihood'] } },
      format: { ...judgeParams.format, when: { param: 'method', in: ['entailment'] } },
      calibrate: { ...judgeParams.calibrate, when: { param: 'method', in: ['entailment'] } },
    },
    effect: 'pure',
    resource: 'model',
    face: 'method',
  },
  async ({ inputs, params, context }) => {
    const method = methods.find(({ name }) => name === params.method)!
    const { candidates, question = '', documents } = inputs
    if (candidates.length === 0)
      throw new TributaryError('data-empty', 'There are no candidates to rank.', { place: { port: 'candidates' } })
    requireAll(method, { model: params.model, question, documents })
    const scores = await method.score(
      {
        question,
        candidates,
        documents: documents ?? [],
        model: params.model,
        rule: params.rule,
        form: params.form,
        template: params.template,
        mostComparisons: params.comparisons,
        judge: params,
      },
      context,
    )
    const ranks = ranksOf(scores)
    const ranked = candidates
      .map((candidate, index) => ({ ...candidate, score: scores[index]!, rank: ranks[index]! }))
      .sort((a, b) => a.rank - b.rank)
    return {
      candidates: ranked,
      best: ranked[0]!.text,
      scores: ranked.map(({ source, score }, index) => ({ name: source ?? `candidate ${index + 1}`, value: score })),
    }
  },
)

function requireAll(method: RankerMethod, has: { model: unknown; question: string; documents: unknown }): void {
  const missing = (port: string, what: string) =>
    new TributaryError('input-missing', `The method “${method.title}” needs ${what}.`, {
      hint: 'Connect or choose it, or take another method.',
      place: { port },
    })
  if (method.needs.includes('text') && has.model === null) throw missing('model', 'a language model')
  if (method.needs.includes('embeddings') && has.model === null) throw missing('model', 'an embedding model')
  if (method.needs.includes('relevance') && has.model === null) throw missing('model', 'a reranking model')
  if (method.needs.includes('question') && has.question.trim() === '') throw missing('question', 'the question')
  if (method.needs.includes('documents') && has.documents === undefined) throw missing('documents', 'documents')
}
