import { idsByPiece } from './retokeniser'
import type { Vocabulary } from './source'

interface Piece {
  readonly piece: string
  readonly token: number
}

/** Finds, for byte strings that are no token of a vocabulary, the token with the least edit distance; the smallest among equals. Answers are kept. */
export class NearestToken {
  readonly #ids: ReadonlyMap<string, number>
  readonly #byLength = new Map<number, Piece[]>()
  readonly #longest: number
  readonly #known = new Map<string, number>()

  constructor(vocabulary: Vocabulary) {
    this.#ids = idsByPiece(vocabulary)
    for (const [piece, token] of this.#ids) {
      const alike = this.#byLength.get(piece.length)
      if (alike) alike.push({ piece, token })
      else this.#byLength.set(piece.length, [{ piece, token }])
    }
    this.#longest = Math.max(0, ...this.#byLength.keys())
  }

  /** −1 for an empty vocabulary. */
  find(piece: string): number {
    const token = this.#ids.get(piece) ?? this.#known.get(piece) ?? this.#search(piece)
    this.#known.set(piece, token)
    return token
  }

  /** Two strings differ by at least what their lengths do, so those of like length come first. */
  #search(piece: string): number {
    const distanceTo = distanceFrom(piece)
    let best = -1
    let least = Infinity
    const most = Math.max(piece.length, this.#longest)
    for (let apart = 0; apart <= Math.min(most, least); apart++)
      for (const length of apart === 0 ? [piece.length] : [piece.length - apart, piece.length + apart])
        for (const candidate of this.#byLength.get(length) ?? []) {
          if (apart === least && candidate.token > best) continue
          const distance = distanceTo(candidate.piece)
          if (distance > least || (distance === least && candidate.token > best)) continue
          least = distance
          best = candidate.token
        }
    return best
  }
}

/** Characters whose column of distances fits into the bits of a number. */
const columnBits = 31

/**
 * Levenshtein distances from one byte string to others, a column of the table at a time as two words of bits: where it goes up by one, and where down
 * (Myers 1999, doi 10.1145/316542.316550, in the form of Hyyrö 2003 for whole strings).
 */
function distanceFrom(from: string): (to: string) => number {
  if (from.length === 0) return (to) => to.length
  if (from.length > columnBits) return (to) => editDistance(from, to)
  const places = new Int32Array(256)
  for (let i = 0; i < from.length; i++) places[from.charCodeAt(i)] = (places[from.charCodeAt(i)] as number) | (1 << i)
  const last = 1 << (from.length - 1)
  return (to) => {
    let up = -1
    let down = 0
    let distance = from.length
    for (let j = 0; j < to.length; j++) {
      const equal = places[to.charCodeAt(j)] as number
      const across = (((equal & up) + up) ^ up) | equal
      let right = down | ~(across | up)
      let left = up & across
      if (right & last) distance++
      else if (left & last) distance--
      right = (right << 1) | 1
      left <<= 1
      const straight = equal | down
      up = left | ~(straight | right)
      down = right & straight
    }
    return distance
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
