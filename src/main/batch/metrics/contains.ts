import { wordsOf } from '../../ranking/overlap'
import { asText, bestOf, defineMetric } from '../metric'

export default defineMetric({
  kind: 'contains',
  title: 'Contains',
  summary: '1 where what was expected stands in the answer as whole words, but for case and punctuation, else 0',
  needs: { output: true, expected: true },
  better: 'higher',
  unit: 'share',
  measure: ({ output, expected }) => {
    const answer = ` ${wordsOf(asText(output)).join(' ')} `
    return bestOf(expected, (one) => Number(answer.includes(` ${wordsOf(one).join(' ')} `)))
  },
})
