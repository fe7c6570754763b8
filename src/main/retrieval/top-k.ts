export interface Hit {
  readonly index: number
  readonly score: number
}

/** The `k` best of `count` scores, best first; equal scores keep the lower index; NaN never ranks. `only` limits it to these indices (each once, any order). */
export function topK(scores: ArrayLike<number>, k: number, only?: ArrayLike<number>, count = only?.length ?? scores.length): Hit[] {
  if (k <= 0) return []
  const heap: Hit[] = []
  for (let at = 0; at < count; at += 1) {
    const index = only === undefined ? at : only[at]!
    const score = scores[index]!
    if (Number.isNaN(score)) continue
    if (heap.length < k) {
      heap.push({ index, score })
      siftUp(heap)
    } else if (isWorse(heap[0]!.score, heap[0]!.index, score, index)) {
      heap[0] = { index, score }
      siftDown(heap)
    }
  }
  return heap.sort((a, b) => b.score - a.score || a.index - b.index)
}

const isWorse = (score: number, index: number, than: number, thanIndex: number): boolean =>
  score < than || (score === than && index > thanIndex)

/** the worst hit stands at the root */
function siftUp(heap: Hit[]): void {
  let child = heap.length - 1
  while (child > 0) {
    const parent = (child - 1) >> 1
    const [a, b] = [heap[child]!, heap[parent]!]
    if (!isWorse(a.score, a.index, b.score, b.index)) return
    heap[child] = b
    heap[parent] = a
    child = parent
  }
}

function siftDown(heap: Hit[]): void {
  for (let parent = 0; ; ) {
    let worst = parent
    for (const child of [2 * parent + 1, 2 * parent + 2]) {
      const [a, b] = [heap[child], heap[worst]!]
      if (a && isWorse(a.score, a.index, b.score, b.index)) worst = child
    }
    if (worst === parent) return
    const moved = heap[parent]!
    heap[parent] = heap[worst]!
    heap[worst] = moved
    parent = worst
  }
}
