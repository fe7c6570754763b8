import { rougeL } from '../../ranking/overlap'
import { asText, bestOf, defineMetric } from '../metric'

const mostWords = 4000

export default defineMetric({
  kind: 'rouge-l',
  title: 'ROUGE-L',
  summary: 'the F measure of the longest common subsequence of words',
  paper: 'Lin 2004, aclanthology.org/W04-1013',
  needs: { output: true, expected: true },
  better: 'higher',
  unit: 'share',
  measure: ({ output, expected }) => bestOf(expected, (one) => rougeL(wordsOf(asText(output)), wordsOf(one)).f),
})

/** Lower-case words, at most so many of them: the work grows with the product of both lengths. */
const wordsOf = (text: string): string[] => (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, mostWords)
