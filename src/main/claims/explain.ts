import type { Entailment } from '../../shared/value'
import { isFunctionWord } from '../retrieval/tokenize'

/** A token of a claim with its surprise, −ln p, as a piece of the text: joined, the pieces give the claim. */
export interface SurprisedToken {
  readonly text: string
  readonly nats: number
}

/**
 * Of the surprise that the claim's telling words have by themselves, the share that evidence takes away; 0..1, 0 for a claim without telling words. `alone` is the claim
 * read after a sentence without content, `given` the same claim read after the evidence: what the evidence says, it explains, and those words surprise less. Function
 * words, which surprise nobody, do not count.
 */
export function explainedShare(claim: string, alone: readonly SurprisedToken[], given: readonly SurprisedToken[]): number {
  let before = 0
  let taken = 0
  const after = wordSurprise(claim, given)
  for (const [index, { word, nats }] of wordSurprise(claim, alone).entries()) {
    if (isFunctionWord(word)) continue
    before += nats
    taken += Math.max(0, nats - after[index]!.nats)
  }
  return before <= 0 ? 0 : Math.min(1, taken / before)
}

/** how sharply the share decides; one half explained is undecided */
const sharpness = 12

/**
 * The share as probabilities: likely entailed above one half, neutral below. Numbers are what small models confuse most, so they are compared as they stand: a claim
 * whose number the evidence has not is not entailed; and where the evidence, on the same matter, has another number of the same kind, it leans to contradiction.
 */
export function entailmentOfExplained(share: number, claim: string, evidence: string): Entailment {
  const related = 1 / (1 + Math.exp(-sharpness * (share - 0.5)))
  const there = numbersOf(evidence)
  const missing = numbersOf(claim).filter(({ value }) => there.every((number) => number.value !== value))
  if (missing.length === 0) return { entailment: related, neutral: 1 - related, contradiction: 0 }
  const isOther = missing.some(({ kind }) => there.some((number) => number.kind === kind))
  const contradiction = isOther ? 0.9 * related : 0
  const entailment = 0.1 * related
  return { entailment, neutral: 1 - entailment - contradiction, contradiction }
}

const units =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  )
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')

/** A number and what it counts: the word after it, or `year`. */
export interface NumberInText {
  readonly value: number
  readonly kind: string
}

/** The numbers of a text, in digits or in words up to ninety-nine; “one”, which is seldom meant as a number, is none. Thousands separators go. */
export function numbersOf(text: string): NumberInText[] {
  const found: NumberInText[] = []
  for (const { 0: number, index } of text.matchAll(/\d[\d,]*(?:\.\d+)?|[a-z]+(?:-[a-z]+)?/gi)) {
    const value = /^\d/.test(number) ? Number(number.replaceAll(',', '')) : valueOfWord(number.toLowerCase())
    if (value === undefined) continue
    const next = /^\W{0,2}([a-z]+)/i.exec(text.slice(index + number.length))?.[1]?.toLowerCase() ?? ''
    // spelled in either way, and in the singular
    const kind = next.replace(/metre/, 'meter').replace(/s$/, '')
    found.push({ value, kind: /^\d{4}$/.test(number) && value >= 1000 && value < 2200 ? 'year' : kind })
  }
  return found
}

function valueOfWord(word: string): number | undefined {
  const [first = '', second] = word.split('-')
  const ten = 20 + 10 * tens.indexOf(first)
  const unit = units.indexOf(second ?? first)
  if (second !== undefined) return ten >= 20 && unit > 0 && unit < 10 ? ten + unit : undefined
  if (ten >= 20) return ten
  return unit === 0 || unit > 1 ? unit : undefined
}

/** Surprise of each word: that of the tokens that begin in it or in the blanks before it. */
function wordSurprise(claim: string, tokens: readonly SurprisedToken[]): { word: string; nats: number }[] {
  const words = [...claim.matchAll(/[\p{L}\p{N}]+(?:['’.,]\p{L}*\p{N}*(?=[\p{L}\p{N}]))*[\p{L}\p{N}]*/gu)].map((match) => ({
    word: match[0],
    end: match.index + match[0].length,
    nats: 0,
  }))
  let at = 0
  let current = 0
  for (const { text, nats } of tokens) {
    // a token counts where its first letter stands; punctuation between words counts nowhere
    const letter = text.search(/[\p{L}\p{N}]/u)
    if (letter !== -1) {
      while (current < words.length - 1 && words[current]!.end <= at + letter) current += 1
      if (words[current]) words[current]!.nats += nats
    }
    at += text.length
  }
  return words
}
