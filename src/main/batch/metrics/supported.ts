import { isJsonObject, type Json } from '../../../shared/json'
import { defineMetric } from '../metric'

export default defineMetric({
  kind: 'supported',
  title: 'Supported claims',
  summary: 'share of the claims of an answer that its evidence supports, from an output of verdicts',
  needs: { output: true, expected: false },
  better: 'higher',
  unit: 'share',
  measure: ({ output }) => {
    if (!Array.isArray(output) || output.length === 0) return null
    const verdicts = (output as readonly Json[]).filter((item) => isJsonObject(item) && typeof item.label === 'string')
    const supported = verdicts.filter((item) => isJsonObject(item) && item.label === 'supported')
    return verdicts.length === 0 ? null : supported.length / verdicts.length
  },
})
