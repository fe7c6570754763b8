import { asText, bestOf, defineMetric } from '../metric'

export default defineMetric({
  kind: 'close',
  title: 'Close in number',
  summary: '1 where the first number in the answer is within the tolerance of the expected one, else 0',
  needs: { output: true, expected: true },
  better: 'higher',
  unit: 'share',
  options: {
    tolerance: { kind: 'number', default: 1e-9, min: 0, summary: 'largest difference that still counts' },
    relative: { kind: 'boolean', default: false, summary: 'the tolerance is a share of the expected number' },
  },
  measure: ({ output, expected, options }) => {
    const answer = firstNumber(asText(output))
    const tolerance = Number(options.tolerance ?? 1e-9)
    return bestOf(expected, (one) => {
      const wanted = firstNumber(one)
      if (answer === undefined || wanted === undefined) return 0
      return Number(Math.abs(answer - wanted) <= tolerance * (options.relative === true ? Math.abs(wanted) : 1))
    })
  },
})

/** `1,234.5` is one number; a comma counts between groups of three digits only. */
function firstNumber(text: string): number | undefined {
  const found = /[-+]?(?:\d{1,3}(?:,\d{3}){1,6}(?!\d)|\d{1,18})(?:\.\d{1,18})?(?:e[-+]?\d{1,3})?/i.exec(
    text.slice(0, 20_000).replaceAll('−', '-'),
  )
  return found ? Number(found[0].replaceAll(',', '')) : undefined
}
