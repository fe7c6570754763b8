import { kernel } from './kernel/index'
import type { Row } from './row'

/** Questions that one asks of a row of scores [V]. Ties go to the smallest token. */

/** The likeliest token; 0 where none is possible or a score is NaN. `max`: the largest score, where it is known. */
export function argmax(values: Float32Array, max = kernel.maximum(values)): number {
  return Math.max(0, values.indexOf(max))
}

/** Shannon entropy in nats; 0 where no token is possible. The normaliser comes with it: ask for the entropy first where both are wanted. */
export function entropy(row: Row): number {
  const { max } = row
  const { total, weighted } = kernel.moments(row.values, max)
  row.learn(total)
  return total > 0 ? Math.max(0, max + Math.log(total) - weighted / total) : total
}

/** Probabilities [V]; for tests and small vocabularies: allocates. */
export function probabilities(row: Row): number[] {
  const { logZ } = row
  return Array.from(row.values, (x) => Math.exp(x - logZ))
}

/** Distances below the best score at which candidates are looked for, nats: the nearest that holds enough of them serves. */
const reaches = [8, 16, Infinity]

/**
 * The k largest scores, largest first, without sorting the vocabulary. Impossible tokens are never among them, so fewer than k may come back.
 * k = 0 gives none. `max`: the largest score, where it is known.
 */
export function topK(values: Float32Array, k: number, max = kernel.maximum(values)): Int32Array {
  const size = Math.min(Math.max(0, Math.floor(k)), values.length)
  if (size === 0) return new Int32Array(0)
  for (const reach of reaches) {
    const near = kernel.collect(values, max - reach)
    if (near.length >= size || reach === Infinity) return best(near, values, size)
  }
  return new Int32Array(0)
}

/** The `size` best of `ids` (ascending), best first. A heap where few are wanted of many, else a sort. */
function best(ids: Int32Array, values: Float32Array, size: number): Int32Array {
  const order = (a: number, b: number): number => (values[b] as number) - (values[a] as number) || a - b
  if (ids.length <= 2 * size || ids.length < 64) return ids.sort(order).subarray(0, size)
  const heap = ids.slice(0, size) // the worst kept token is at the root
  for (let i = (size >> 1) - 1; i >= 0; i--) siftDown(heap, i, values)
  for (let i = size; i < ids.length; i++) {
    const id = ids[i] as number
    if (!((values[id] as number) > (values[heap[0] as number] as number))) continue
    heap[0] = id
    siftDown(heap, 0, values)
  }
  return heap.sort(order)
}

/** Is token a a worse choice than b? Equal scores: the larger token is. */
function isWorse(values: Float32Array, a: number, b: number): boolean {
  const x = values[a] as number
  const y = values[b] as number
  return x < y || (x === y && a > b)
}

function siftDown(heap: Int32Array, start: number, values: Float32Array): void {
  let parent = start
  for (;;) {
    let worst = parent
    for (const child of [2 * parent + 1, 2 * parent + 2]) {
      if (child < heap.length && isWorse(values, heap[child] as number, heap[worst] as number)) worst = child
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

/** Bins of scores, a sixteenth of a nat wide: where the nucleus ends, only the tokens of one bin are compared with each other. */
const bins = 512
const binsPerNat = 16

/**
 * The smallest set of likeliest tokens whose share of the mass reaches `share`, ascending: at least one token. `scale`: of exp(scale·score),
 * one over the temperature. share in (0, 1]; 1 gives every possible token. Nothing is sorted but the tokens near its edge.
 */
export function nucleus(row: Row, share: number, scale = 1): Int32Array {
  const logZ = scale === 1 ? row.logZ : kernel.logSumExp(row.values, row.max, scale)
  for (const reach of reaches) {
    const ids = kernel.collect(row.values, row.max - reach / scale)
    const masses = new Float64Array(bins)
    for (const id of ids) {
      const x = row.values[id] as number
      const bin = binOf(row, x, scale)
      masses[bin] = (masses[bin] as number) + Math.exp(scale * x - logZ)
    }
    let before = 0
    let edge = 0
    while (edge < bins && before + (masses[edge] as number) < share - 1e-9) before += masses[edge++] as number
    if (edge < bins) return throughEdge(row, ids, { edge, scale, missing: share - 1e-9 - before, logZ })
    if (reach === Infinity) return ids
  }
  return new Int32Array(0)
}

const binOf = (row: Row, x: number, scale: number): number => Math.min(bins - 1, Math.floor(binsPerNat * scale * (row.max - x)))

/** All ids of the bins before `edge`, and of that one the likeliest until their mass is no longer `missing`. */
function throughEdge(
  row: Row,
  ids: Int32Array,
  { edge, scale, missing, logZ }: { readonly edge: number; readonly scale: number; readonly missing: number; readonly logZ: number },
): Int32Array {
  const values = row.values
  const near = ids.filter((id) => binOf(row, values[id] as number, scale) === edge)
  near.sort((a, b) => (values[b] as number) - (values[a] as number) || a - b)
  let sum = 0
  let last = near[0] as number
  for (const id of near) {
    last = id
    sum += Math.exp(scale * (values[id] as number) - logZ)
    if (sum >= missing) break
  }
  const least = values[last] as number
  return ids.filter((id) => {
    const x = values[id] as number
    return x > least || (x === least && id <= last)
  })
}
