import { type Span, splitSentences } from '../retrieval/sentences'
import type { TokenInformation, UnitLevel } from './method'

/** Where a text may be cut: sentences, phrases (from one stop, comma or conjunction to the next, at most eight words) or single words. Trimmed, in order. */
export function splitUnits(text: string, level: UnitLevel): Span[] {
  if (level === 'sentence') return splitSentences(text)
  const words = [...text.matchAll(/\S+/g)].map((match) => ({ start: match.index, end: match.index + match[0].length }))
  return level === 'word' ? words : joinPhrases(text, words)
}

const opensPhrase =
  /^(?:and|or|but|of|in|on|at|by|for|from|with|to|into|over|under|between|which|that|who|whose|where|when|while|because|although|if|as|than|since|until|after|before)$/i

function joinPhrases(text: string, words: readonly Span[]): Span[] {
  const phrases: { start: number; end: number; words: number }[] = []
  for (const word of words) {
    const last = phrases.at(-1)
    const before = last && text.slice(last.start, last.end)
    const isNew =
      !before ||
      last.words >= 8 ||
      /[,;:.!?)\]]["'”’]*$/.test(before) ||
      opensPhrase.test(text.slice(word.start, word.end)) ||
      text.slice(last.end, word.start).includes('\n')
    if (isNew) phrases.push({ ...word, words: 1 })
    else {
      last.end = word.end
      last.words += 1
    }
  }
  return phrases.map(({ start, end }) => ({ start, end }))
}

export interface Measured extends Span {
  /** −ln p over the tokens that lie in the unit; a token that spans k units gives each its k-th part */
  readonly nats: readonly number[]
}

/** Tokens shared out to units by their places. `tokens` joined must be the text that the spans point into (a leading piece that is not in it is passed over). */
export function measureUnits(text: string, spans: readonly Span[], tokens: readonly TokenInformation[]): Measured[] {
  const measured = spans.map((span) => ({ ...span, nats: [] as number[] }))
  let first = 0
  let at = Math.min(0, text.length - tokens.reduce((sum, token) => sum + token.text.length, 0))
  for (const token of tokens) {
    const end = at + token.text.length
    while (first < measured.length && measured[first]!.end <= at) first += 1
    const touched: number[] = []
    for (let unit = first; unit < measured.length && measured[unit]!.start < end; unit += 1) touched.push(unit)
    for (const unit of touched) measured[unit]!.nats.push(token.nats / touched.length)
    at = end
  }
  return measured
}

/** NaN for a unit without a token: nothing is known of it, so it stays. */
export const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length
