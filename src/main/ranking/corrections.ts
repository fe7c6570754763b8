import { tokenF1 } from './overlap'

/** What one reviewer says of a text: which sentence is wrong (from 0; null: none), and how it should read. */
export interface Review {
  readonly sentence: number | null
  readonly correction: string
}

export interface Verdict {
  readonly sentence: number | null
  readonly correction: string
  /** share of all reviewers who say that something is wrong, or that nothing is */
  readonly flagShare: number
  /** share of all reviewers who name this sentence; of those who say that nothing is wrong where that won */
  readonly sentenceShare: number
}

/**
 * Reviews by several: the majority decides whether something is wrong, then which sentence; of the corrections for it the one most like the others (mean F1 of
 * words) is taken. A tie on the flag trusts the text; ties else go to the first named. No reviews: nothing is wrong. After Gundabathula & Kolar 2024.
 */
export function agreeOnCorrection(reviews: readonly Review[]): Verdict {
  const naming = reviews.filter(({ sentence }) => sentence !== null)
  const flagShare = reviews.length === 0 ? 0 : naming.length / reviews.length
  if (flagShare <= 0.5) return { sentence: null, correction: '', flagShare: 1 - flagShare, sentenceShare: 1 - flagShare }
  const counts = new Map<number, number>()
  for (const { sentence } of naming) counts.set(sentence as number, (counts.get(sentence as number) ?? 0) + 1)
  const [sentence, count] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))
  const corrections = naming.filter((review) => review.sentence === sentence).map(({ correction }) => correction)
  const likeness = corrections.map((text, i) => corrections.reduce((sum, other, j) => sum + (i === j ? 0 : tokenF1(text, other)), 0))
  return {
    sentence,
    correction: corrections[likeness.indexOf(Math.max(...likeness))] ?? '',
    flagShare,
    sentenceShare: count / reviews.length,
  }
}
