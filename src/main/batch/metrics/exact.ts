import { asText, bestOf, defineMetric } from '../metric'

export default defineMetric({
  kind: 'exact',
  title: 'Exact match',
  summary: '1 where the answer is what was expected, letter by letter (blanks at the ends do not count), else 0',
  needs: { output: true, expected: true },
  better: 'higher',
  unit: 'share',
  measure: ({ output, expected }) => bestOf(expected, (one) => Number(asText(output).trim() === one.trim())),
})
