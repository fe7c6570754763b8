import { lossMetric, scoreMetric } from '../../../shared/run/search-metrics'
import { defineNode } from '../../node-runtime'
import { perModelList } from './method-params'
import { bestOf, evaluationsOf } from './next-candidate'

/** The other half: what came of a candidate. */
export default defineNode(
  {
    type: 'record-candidate',
    version: 1,
    title: 'Record candidate',
    family: 'merging',
    summary: 'Adds a judged candidate to the history of a search, and tells the best so far.',
    help: 'See *Next candidate*. Every recorded score is a point of the plot of the run. A score that is no number counts as the worst.',
    synonyms: ['search', 'optimise', 'tell', 'objective', 'score'],
    survey: '3',
    systems: ['evolutionary-weights'],
    inputs: {
      history: { wire: 'json', arity: 'one', summary: 'what was tried before' },
      candidate: { wire: 'text', arity: 'one', summary: 'the numbers that were tried' },
      score: { wire: 'number', arity: 'one', summary: 'what came of them' },
      isNew: { wire: 'boolean', arity: 'optional', summary: 'from Next candidate: no when the search has ended' },
    },
    outputs: {
      history: { wire: 'json', summary: 'with this one' },
      best: { wire: 'text', summary: 'the best numbers so far, as a list' },
      score: { wire: 'number', summary: 'their score' },
      done: { wire: 'boolean', summary: 'the search has ended' },
    },
    params: {
      goal: {
        kind: 'choice',
        default: 'highest',
        title: 'Best is',
        summary: 'which scores are good',
        options: [
          { value: 'highest', title: 'the highest score' },
          { value: 'lowest', title: 'the lowest score' },
        ],
      },
    },
    effect: 'pure',
    resource: 'cpu',
    face: 'goal',
  },
  ({ inputs: { history, candidate, score, isNew = true }, params, context }) => {
    const past = evaluationsOf(history)
    const sign = params.goal === 'highest' ? -1 : 1
    const numbers = perModelList(candidate, candidate.split(',').length, 'candidate') as number[]
    // JSON holds no infinity
    const loss = Number.isFinite(score) ? sign * score : Number.MAX_VALUE
    const all = isNew ? [...past, { point: numbers, loss }] : past
    if (isNew) context.metric(params.goal === 'highest' ? scoreMetric : lossMetric, score, { step: all.length, point: numbers })
    const best = bestOf(all)
    return {
      history: all.map((one) => ({ point: [...one.point], loss: one.loss })),
      best: (best?.point ?? numbers).join(', '),
      score: best ? sign * best.loss : score,
      done: !isNew,
    }
  },
)
