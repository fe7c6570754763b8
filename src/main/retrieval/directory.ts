import type { Postings } from './bm25'

/** A bucket of a list holds about this many postings: a cache line of them. */
const postingsEach = 16
/** Shorter lists are bisected: they are a few cache lines altogether. */
const shortest = 256

/** Where in the lists of terms a passage stands. */
export interface Directory {
  /** The posting of `document` in the list of `term`, or −1. */
  find(term: number, document: number): number
}

/**
 * Long lists are cut into buckets of passages, and it is written down where each bucket begins. Looking a passage up waits for memory twice, where a bisection of a
 * list that no cache holds waits at each of its steps. An entry takes 4 bytes, and there are n/8 of them at most for n postings of 8 bytes.
 */
export function buildDirectory({ offsets, documents, lengths }: Pick<Postings, 'offsets' | 'documents' | 'lengths'>): Directory {
  const terms = Math.max(0, offsets.length - 1)
  const shifts = new Uint8Array(terms)
  const firsts = new Uint32Array(terms)
  let size = 0
  for (let term = 0; term < terms; term += 1) {
    const count = offsets[term + 1]! - offsets[term]!
    if (count < shortest) continue
    shifts[term] = Math.max(1, Math.floor(Math.log2((postingsEach * lengths.length) / count)))
    firsts[term] = size
    size += (lengths.length >>> shifts[term]!) + 2
  }
  const starts = new Uint32Array(size)
  for (let term = 0; term < terms; term += 1) {
    const shift = shifts[term]!
    if (shift === 0) continue
    const [first, to] = [firsts[term]!, offsets[term + 1]!]
    let bucket = 0
    for (let at = offsets[term]!; at < to; at += 1)
      for (const own = documents[at]! >>> shift; bucket <= own; bucket += 1) starts[first + bucket] = at
    for (const last = (lengths.length >>> shift) + 1; bucket <= last; bucket += 1) starts[first + bucket] = to
  }

  function find(term: number, document: number): number {
    const shift = shifts[term]!
    if (shift === 0) return bisect(offsets[term]!, offsets[term + 1]!, document)
    const bucket = firsts[term]! + (document >>> shift)
    const end = starts[bucket + 1]!
    for (let at = starts[bucket]!; at < end; at += 1) {
      const found = documents[at]!
      if (found >= document) return found === document ? at : -1
    }
    return -1
  }

  function bisect(from: number, to: number, document: number): number {
    let low = from
    let high = to
    while (low < high) {
      const middle = (low + high) >>> 1
      if (documents[middle]! < document) low = middle + 1
      else high = middle
    }
    return low < to && documents[low] === document ? low : -1
  }

  return { find }
}
