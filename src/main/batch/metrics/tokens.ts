import { defineMetric } from '../metric'

export default defineMetric({
  kind: 'tokens',
  title: 'Tokens',
  summary: 'tokens that models wrote in the run; those of nodes whose result was in the cache are not counted again',
  needs: { output: false, expected: false },
  better: 'lower',
  unit: 'tokens',
  measure: ({ run }) => run.tokens,
})
