import type { Entailment } from '../../shared/value'
import { isFunctionWord } from '../retrieval/tokenize'

/** A token of a claim with its surprise, −ln p, as a piece of the text: joined, the pieces give the claim. */
export interface SurprisedToken {
  readonly text: string
  readonly nats: number
}

/** What evidence does to the words of a claim. */
export interface Explained {
  /** of the surprise that the claim's telling words have by themselves, the share that the evidence takes away; 0..1, 0 for a claim without telling words */
  readonly share: number
  /** the most that the evidence adds to the surprise of a telling word, in nats; 0 when it adds to none */
  readonly clash: number
}

/**
 * Compares a claim read after evidence with the same claim read after a sentence without content. What the evidence says, it explains: those words surprise less. What
 * it says otherwise, it makes more surprising. Function words, which surprise nobody, do not count.
 */
export function explainClaim(claim: string, alone: readonly SurprisedToken[], given: readonly SurprisedToken[]): Explained {
  let before = 0
  let taken = 0
  let clash = 0
  const [without, after] = [wordSurprise(claim, alone), wordSurprise(claim, given)]
  for (const [index, { word, nats }] of without.entries()) {
    if (isFunctionWord(word)) continue
    const change = nats - after[index]!.nats
    before += nats
    taken += Math.max(0, change)
    clash = Math.max(clash, -change)
  }
  return { share: before <= 0 ? 0 : Math.min(1, taken / before), clash }
}

/** how sharply the share decides, and where: one half explained is undecided */
const sharpness = 12
const topic = 0.3

/**
 * The comparison as probabilities. Entailment is a logistic function of the share, ½ at one half. What is left is neutral, except where the evidence is about the same
 * thing (a fair share is explained) and makes a telling word clearly less likely: then it leans to contradiction.
 */
export function entailmentOfExplained({ share, clash }: Explained): Entailment {
  const logistic = (x: number) => 1 / (1 + Math.exp(-x))
  const entailment = logistic(sharpness * (share - 0.5))
  const contradiction = (1 - entailment) * (share >= topic ? logistic(3 * (clash - 1)) : 0)
  return { entailment, neutral: 1 - entailment - contradiction, contradiction }
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
