import type { Hit } from './top-k'

/** The `k` best of passages whose scores grow while a query is answered. */
export interface Top {
  /** A passage's score has grown from `before` (0: it is new) to `score`. Gives what `least` gives from now on. */
  put(document: number, score: number, before: number): number
  /** What a passage must reach to be among the best at the end: a score below it is out for good. */
  least(): number
  /** It is known from elsewhere that `k` passages reach this. */
  raise(floor: number): void
  /** best first, ties by lower index */
  hits(): Hit[]
}

/** Sorted upwards in flat arrays: what comes in is rare, what is asked (`least`) is one number. */
export function createTop(k: number): Top {
  const scores = new Float32Array(k)
  const documents = new Uint32Array(k)
  let size = 0
  let floor = 0

  const isBelow = (place: number, score: number, document: number): boolean =>
    scores[place]! < score || (scores[place] === score && documents[place]! > document)

  const least = (): number => (size < k || scores[0]! < floor ? floor : scores[0]!)

  /** Where the passage stands; −1: nowhere. Its score was `before`. */
  const placeOf = (document: number, before: number): number => {
    if (before === 0 || size === 0 || before < scores[0]!) return -1
    for (let place = 0; place < size; place += 1) if (documents[place] === document) return place
    return -1
  }

  return {
    put(document, score, before) {
      let place = placeOf(document, before)
      if (place < 0) {
        if (size < k) {
          for (let at = size; at > 0; at -= 1) {
            scores[at] = scores[at - 1]!
            documents[at] = documents[at - 1]!
          }
          size += 1
        } else if (!isBelow(0, score, document)) return least()
        place = 0
      }
      while (place + 1 < size && isBelow(place + 1, score, document)) {
        scores[place] = scores[place + 1]!
        documents[place] = documents[place + 1]!
        place += 1
      }
      scores[place] = score
      documents[place] = document
      return least()
    },
    least,
    raise(known) {
      floor = Math.max(floor, known)
    },
    hits: () => Array.from({ length: size }, (_, rank) => ({ index: documents[size - 1 - rank]!, score: scores[size - 1 - rank]! })),
  }
}
