import { kernel } from './kernel/index'
import type { Row } from './row'

/** Questions that one asks of a row of scores [V]. Ties go to the smallest token. */

/** The likeliest token; 0 where none is possible or a score is NaN. */
export function argmax(values: Float32Array): number {
  return Math.max(0, values.indexOf(kernel.maximum(values)))
}

/** Shannon entropy in nats. */
export function entropy(row: Row): number {
  const { max, logZ } = row
  return Math.max(0, logZ - kernel.expectedValue(row.values, max, logZ))
}

/** Probabilities [V]; for tests and small vocabularies: allocates. */
export function probabilities(row: Row): number[] {
  const { logZ } = row
  return Array.from(row.values, (x) => Math.exp(x - logZ))
}

/**
 * The k largest scores, largest first, without sorting the vocabulary: one pass with a heap of k. Impossible tokens are never among them,
 * so fewer than k may come back. k = 0 gives none.
 */
export function topK(values: Float32Array, k: number): Int32Array {
  const size = Math.min(Math.max(0, Math.floor(k)), values.length)
  if (size === 0) return new Int32Array(0)
  const heap = new Int32Array(size) // the worst kept token is at the root
  let kept = 0
  let floor = -Infinity
  for (let v = 0; v < values.length; v++) {
    const x = values[v] as number
    if (!(x > floor)) continue
    if (kept < size) {
      heap[kept] = v
      siftUp(heap, kept, values)
      kept++
    } else {
      heap[0] = v
      siftDown(heap, kept, values)
    }
    if (kept === size) floor = values[heap[0] as number] as number
  }
  return heap.subarray(0, kept).sort((a, b) => (values[b] as number) - (values[a] as number) || a - b)
}

/** Is token a a worse choice than b? Equal scores: the larger token is. */
function isWorse(values: Float32Array, a: number, b: number): boolean {
  const x = values[a] as number
  const y = values[b] as number
  return x < y || (x === y && a > b)
}

function siftUp(heap: Int32Array, start: number, values: Float32Array): void {
  let child = start
  while (child > 0) {
    const parent = (child - 1) >> 1
    if (!isWorse(values, heap[child] as number, heap[parent] as number)) return
    swap(heap, child, parent)
    child = parent
  }
}

function siftDown(heap: Int32Array, length: number, values: Float32Array): void {
  let parent = 0
  for (;;) {
    let worst = parent
    for (const child of [2 * parent + 1, 2 * parent + 2]) {
      if (child < length && isWorse(values, heap[child] as number, heap[worst] as number)) worst = child
    }
    if (worst === parent) return
    swap(heap, parent, worst)
    parent = worst
  }
}

function swap(heap: Int32Array, a: number, b: number): void {
  const kept = heap[a] as number
  heap[a] = heap[b] as number
  heap[b] = kept
}

/**
 * The smallest set of likeliest tokens whose share of the mass reaches `share`, likeliest first: at least one token.
 * Looks at 64 tokens first and widens only while their mass is too small. share in (0, 1]; 1 gives every possible token.
 */
export function nucleus(row: Row, share: number): Int32Array {
  for (let k = 64; ; k *= 8) {
    const ids = topK(row.values, k)
    let mass = 0
    for (let i = 0; i < ids.length; i++) {
      mass += Math.exp(row.logprob(ids[i] as number))
      if (mass >= share - 1e-9) return ids.subarray(0, i + 1)
    }
    if (ids.length < k) return ids
  }
}
