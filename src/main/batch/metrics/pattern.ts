import { asText, bestOf, defineMetric } from '../metric'

export default defineMetric({
  kind: 'pattern',
  title: 'Pattern',
  summary: '1 where the whole answer fits the pattern, else 0: * stands for any text, ? for any one sign; case does not count',
  needs: { output: true, expected: false },
  better: 'higher',
  unit: 'share',
  options: { pattern: { kind: 'text', default: '*', summary: 'for all rows; a field of the row, where one is named, goes before it' } },
  measure: ({ output, expected, options }) => {
    const answer = [...asText(output).trim().toLowerCase()]
    return bestOf(expected ?? String(options.pattern ?? '*'), (one) => Number(fits(answer, [...one.trim().toLowerCase()])))
  },
})

/** Wildcards without backtracking beyond the last star: at most text × pattern steps, both bounded. */
export function fits(text: readonly string[], pattern: readonly string[]): boolean {
  if (text.length > 100_000 || pattern.length > 400) return false
  let [at, place, star, resume] = [0, 0, -1, 0]
  while (at < text.length) {
    if (pattern[place] === '*') {
      star = place++
      resume = at
    } else if (place < pattern.length && (pattern[place] === '?' || pattern[place] === text[at])) {
      at++
      place++
    } else if (star >= 0) {
      place = star + 1
      at = ++resume
    } else return false
  }
  while (pattern[place] === '*') place++
  return place === pattern.length
}
