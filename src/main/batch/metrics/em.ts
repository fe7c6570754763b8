import { normaliseAnswer } from '../../ranking/overlap'
import { asText, bestOf, defineMetric } from '../metric'

export default defineMetric({
  kind: 'em',
  title: 'Match, normalised',
  summary: '1 where the answer is what was expected but for case, punctuation and articles, else 0',
  paper: 'Rajpurkar et al. 2016, arXiv:1606.05250',
  needs: { output: true, expected: true },
  better: 'higher',
  unit: 'share',
  measure: ({ output, expected }) => bestOf(expected, (one) => Number(normaliseAnswer(asText(output)) === normaliseAnswer(one))),
})
