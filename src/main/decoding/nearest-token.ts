import { idsByPiece } from './retokeniser'
import type { Vocabulary } from './source'

/** Finds, for byte strings that are no token of a vocabulary, the token with the least edit distance; the smallest among equals. Answers are kept. */
export class NearestToken {
  readonly #pieces: readonly { readonly piece: string; readonly token: number }[]
  readonly #known = new Map<string, number>()

  constructor(vocabulary: Vocabulary) {
    this.#pieces = [...idsByPiece(vocabulary)].map(([piece, token]) => ({ piece, token })).sort((a, b) => a.token - b.token)
  }

  /** −1 for an empty vocabulary. */
  find(piece: string): number {
    const kept = this.#known.get(piece)
    if (kept !== undefined) return kept
    let best = -1
    let least = Infinity
    for (const candidate of this.#pieces) {
      if (Math.abs(candidate.piece.length - piece.length) >= least) continue
      const distance = editDistance(piece, candidate.piece, least)
      if (distance < least) {
        least = distance
        best = candidate.token
      }
    }
    this.#known.set(piece, best)
    return best
  }
}

/** Levenshtein distance; any number ≥ `enough` may come back as `enough`. */
export function editDistance(a: string, b: string, enough = Infinity): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const cost = a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1
      const distance = Math.min((row[j - 1] as number) + cost, (row[j] as number) + 1, (next[j - 1] as number) + 1)
      next.push(distance)
      if (distance < least) least = distance
    }
    if (least >= enough) return enough
    row = next
  }
  return row[b.length] as number
}
