import { createTop, type Top } from './best-so-far'
import { buildDirectory } from './directory'
import type { Hit } from './top-k'

/**
 * Which passage has which term how often: postings of term `t` are the entries `offsets[t] … offsets[t + 1] - 1` of `documents` (ascending) and `counts`.
 * `lengths` are terms per passage. Independent of k1 and b, so an index serves any setting.
 */
export interface Postings {
  readonly terms: readonly string[]
  readonly offsets: Uint32Array
  readonly documents: Uint32Array
  readonly counts: Uint16Array
  readonly lengths: Uint32Array
}

export interface Bm25Options {
  /** how soon a repeated term stops counting; 0 counts presence only */
  readonly k1: number
  /** how much long passages are held back, 0 to 1; 0: not at all */
  readonly b: number
}

export const bm25Defaults: Bm25Options = { k1: 1.2, b: 0.75 }

/** Postings of passages given as terms. Counts above 65,535 in one passage stay there. */
export function buildPostings(passages: Iterable<readonly string[]>): Postings {
  const ids = new Map<string, number>()
  const occurrences: { documents: number[]; counts: number[] }[] = []
  const lengths: number[] = []
  for (const terms of passages) {
    const document = lengths.length
    lengths.push(terms.length)
    for (const [term, count] of countEach(terms)) {
      let id = ids.get(term)
      if (id === undefined) {
        id = ids.size
        ids.set(term, id)
        occurrences.push({ documents: [], counts: [] })
      }
      occurrences[id]!.documents.push(document)
      occurrences[id]!.counts.push(Math.min(count, 0xffff))
    }
  }
  const offsets = new Uint32Array(ids.size + 1)
  for (const [id, { documents }] of occurrences.entries()) offsets[id + 1] = offsets[id]! + documents.length
  const documents = new Uint32Array(offsets[ids.size]!)
  const counts = new Uint16Array(documents.length)
  for (const [id, list] of occurrences.entries()) {
    documents.set(list.documents, offsets[id])
    counts.set(list.counts, offsets[id])
  }
  return { terms: [...ids.keys()], offsets, documents, counts, lengths: Uint32Array.from(lengths) }
}

function countEach(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
  return counts
}

/** A search over postings with one setting of k1 and b. Not re-entrant: one query at a time. */
export interface Bm25 {
  /** The `k` best passages for the terms (repeated terms count repeatedly), best first, ties by lower index; passages without any term are left out. */
  search(terms: readonly string[], k: number): Hit[]
}

/** A term of a query that some passage has. */
interface List {
  readonly term: number
  readonly from: number
  readonly to: number
  /** how often the query has the term */
  times: number
  /** the most that it adds to a passage, and what its k best passages get from it at least; once a mention */
  readonly most: number
  readonly floor: number
}

/**
 * BM25 with the idf `ln(1 + (N - n + ½) / (n + ½))`, which is never negative, so that small collections rank rightly too (Robertson & Zaragoza 2009).
 * Every posting's share of the score is computed once here; a query only adds. Rare terms come first, and the k best so far are known at every posting: a passage that
 * cannot reach the last of them any more is not taken in, and once no unseen passage can, the long lists of common terms only serve the passages that still can
 * (MaxScore, Turtle & Flood 1995). The result is the same as adding everything, to the last bit.
 * Throws RangeError for k1 < 0 or b outside 0..1.
 */
export function openBm25(postings: Postings, { k1, b }: Bm25Options = bm25Defaults): Bm25 {
  if (!(k1 >= 0)) throw new RangeError(`k1 is at least 0, not ${k1}`)
  if (!(b >= 0 && b <= 1)) throw new RangeError(`b lies in 0 to 1, not ${b}`)
  const { offsets, documents } = postings
  const ids = new Map(postings.terms.map((term, id) => [term, id]))
  const { impacts, best } = computeImpacts(postings, k1, b)
  const directory = buildDirectory(postings)
  const floors = floorLevels.map((level) => nthBest(postings.offsets, impacts, level))
  /** 0: not seen, or out of the race */
  const scores = new Float32Array(postings.lengths.length)
  const seen = new Uint32Array(postings.lengths.length + 1)
  /** scores of `seen` out of the first list */
  const first = new Float32Array(seen.length)
  /** 1: the query at hand has named the term already */
  const mentions = new Uint8Array(best.length)
  let count = 0

  function search(terms: readonly string[], k: number): Hit[] {
    if (k <= 0) return []
    const lists = listsOf(terms, k)
    const top = createTop(k)
    count = 0
    // what the lists to come can add to a passage at most; a little more, against rounding
    let left = 0
    for (const { most, times, floor } of lists) {
      left += most * times
      top.raise(floor * times)
    }
    left *= 1 + 1e-5
    for (const list of lists) {
      const rest = left - list.most * list.times
      if (left < top.least()) addToSeen(list, left, top)
      else if (count === 0) addFirst(list, rest, top)
      else addToAll(list, rest, top)
      left = rest
    }
    for (let place = 0; place < count; place += 1) scores[seen[place]!] = 0
    return top.hits()
  }

  /** The terms that there are, each once, rare ones first. */
  function listsOf(terms: readonly string[], k: number): List[] {
    const level = floors[floorLevels.findIndex((most) => most >= k)]
    const found: List[] = []
    for (const word of terms) {
      const term = ids.get(word)
      if (term === undefined) continue
      if (mentions[term]! > 0) found.find((list) => list.term === term)!.times += 1
      else found.push({ term, from: offsets[term]!, to: offsets[term + 1]!, times: 1, most: best[term]!, floor: level?.[term] ?? 0 })
      mentions[term] = 1
    }
    for (const { term } of found) mentions[term] = 0
    return found.sort((x, y) => x.to - x.from - (y.to - y.from))
  }

  /**
   * A passage that is new and cannot reach the k-th place even with all that is left (`rest`) is not taken in. Whether one is taken in is a number, 0 or 1, and no branch:
   * a processor cannot guess it, and a wrong guess costs more than the rest of a posting.
   */
  function addToAll({ from, to, times }: List, rest: number, top: Top): void {
    let least = top.least()
    let taken = count
    for (let at = from; at < to; at += 1) {
      const document = documents[at]!
      const before = scores[document]!
      const score = Math.fround(before + impacts[at]! * times)
      const isNew = Number(before === 0)
      const keeps = Number(score + rest >= least) | (1 - isNew)
      seen[taken] = document
      taken += keeps & isNew
      scores[document] = score * keeps
      if (score >= least && keeps === 1) least = top.put(document, score, before)
    }
    count = taken
  }

  /** As `addToAll` while no passage is in the race: scores are not read, and written only of those that come in. */
  function addFirst({ from, to, times }: List, rest: number, top: Top): void {
    let least = top.least()
    let taken = 0
    for (let at = from; at < to; at += 1) {
      const document = documents[at]!
      const score = Math.fround(impacts[at]! * times)
      const keeps = Number(score + rest >= least)
      seen[taken] = document
      first[taken] = score
      taken += keeps
      if (score >= least && keeps === 1) least = top.put(document, score, 0)
    }
    for (let place = 0; place < taken; place += 1) scores[seen[place]!] = first[place]!
    count = taken
  }

  /** Few passages are looked up one by one; for many the list is walked through. */
  function addToSeen({ term, from, to, times }: List, left: number, top: Top): void {
    let least = top.least()
    if (count < to - from) dropBelow(least - left)
    const add = (document: number, at: number): void => {
      const before = scores[document]!
      const score = Math.fround(before + impacts[at]! * times)
      scores[document] = score
      if (score >= least) least = top.put(document, score, before)
    }
    if (count * lookUpCost > to - from) {
      for (let at = from; at < to; at += 1) if (scores[documents[at]!] !== 0) add(documents[at]!, at)
      return
    }
    for (let place = 0; place < count; place += 1) {
      const at = directory.find(term, seen[place]!)
      if (at >= 0) add(seen[place]!, at)
    }
  }

  /** Passages that cannot reach the k-th place any more leave the race; without a branch, as above. */
  function dropBelow(least: number): void {
    let kept = 0
    for (let place = 0; place < count; place += 1) {
      const document = seen[place]!
      const score = scores[document]!
      const stays = Number(score >= least)
      scores[document] = score * stays
      seen[kept] = document
      kept += stays
    }
    count = kept
  }

  return { search }
}

/** A passage that is looked up costs as much as some sixteen postings that are walked over: measured, and flat between 10 and 28. */
const lookUpCost = 16

/** For up to 10 or 100 wanted passages it is known beforehand what the last of them has at least. */
const floorLevels = [10, 100]

/** By term: the share of the score that its `n` best passages have at least; 0 where it has fewer. */
function nthBest(offsets: Uint32Array, impacts: Float32Array, n: number): Float32Array {
  const found = new Float32Array(Math.max(0, offsets.length - 1))
  const top = new Float32Array(n)
  for (let term = 0; term < found.length; term += 1) {
    const [from, to] = [offsets[term]!, offsets[term + 1]!]
    if (to - from < n) continue
    top.fill(0)
    for (let at = from; at < to; at += 1) pushTop(top, impacts[at]!)
    found[term] = top[0]!
  }
  return found
}

/** Numbers sorted upwards; a larger one than the least comes in, the least falls out. */
function pushTop(top: Float32Array, score: number): void {
  if (score <= top[0]!) return
  let at = 1
  while (at < top.length && top[at]! < score) {
    top[at - 1] = top[at]!
    at += 1
  }
  top[at - 1] = score
}

function computeImpacts(
  { offsets, documents, counts, lengths }: Postings,
  k1: number,
  b: number,
): { impacts: Float32Array; best: Float32Array } {
  const total = lengths.length
  const mean = lengths.reduce((sum, length) => sum + length, 0) / total
  const norms = Float64Array.from(lengths, (length) => k1 * (1 - b + (mean > 0 ? (b * length) / mean : 0)))
  const impacts = new Float32Array(documents.length)
  const best = new Float32Array(Math.max(0, offsets.length - 1))
  for (let term = 0; term < best.length; term += 1) {
    const [from, to] = [offsets[term]!, offsets[term + 1]!]
    const n = to - from
    const idf = Math.log(1 + (total - n + 0.5) / (n + 0.5))
    for (let at = from; at < to; at += 1) {
      const count = counts[at]!
      impacts[at] = (idf * count * (k1 + 1)) / (count + norms[documents[at]!]!)
      if (impacts[at]! > best[term]!) best[term] = impacts[at]!
    }
  }
  return { impacts, best }
}
