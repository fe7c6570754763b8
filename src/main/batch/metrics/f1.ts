import { tokenF1 } from '../../ranking/overlap'
import { asText, bestOf, defineMetric } from '../metric'

export default defineMetric({
  kind: 'f1',
  title: 'Token F1',
  summary: 'how much the words of the answer and of what was expected overlap: the harmonic mean of precision and recall',
  paper: 'Rajpurkar et al. 2016, arXiv:1606.05250',
  needs: { output: true, expected: true },
  better: 'higher',
  unit: 'share',
  measure: ({ output, expected }) => bestOf(expected, (one) => tokenF1(asText(output), one)),
})
