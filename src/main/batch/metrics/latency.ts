import { defineMetric } from '../metric'

export default defineMetric({
  kind: 'latency',
  title: 'Time',
  summary: 'milliseconds of the run; nodes whose result was in the cache take next to none',
  needs: { output: false, expected: false },
  better: 'lower',
  unit: 'ms',
  measure: ({ run }) => run.wallMs,
})
