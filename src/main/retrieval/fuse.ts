export interface Fused {
  readonly id: string
  readonly score: number
}

/**
 * Reciprocal rank fusion: Σ weight / (k + rank), rank from 1, over the lists that hold the id; its first place in a list counts. Best first; equal scores keep the
 * order of first appearance. `weights` default to 1. Throws RangeError for k < 0 or a wrong number of weights. Cormack et al. 2009.
 */
export function fuseRanks(
  lists: readonly (readonly string[])[],
  { k = 60, weights }: { k?: number; weights?: readonly number[] } = {},
): Fused[] {
  if (!(k >= 0)) throw new RangeError(`k is at least 0, not ${k}`)
  if (weights && weights.length !== lists.length) throw new RangeError(`${lists.length} lists need as many weights, not ${weights.length}`)
  const scores = new Map<string, number>()
  for (const [list, ids] of lists.entries()) {
    for (const [position, id] of [...new Set(ids)].entries())
      scores.set(id, (scores.get(id) ?? 0) + (weights?.[list] ?? 1) / (k + position + 1))
  }
  return sortFused(scores)
}

/**
 * Convex combination: α · dense + (1 - α) · sparse, each list first spread to 0..1 by its least and greatest score (a constant list: all 1); an id that a list
 * has not counts 0 there. Best first. Throws RangeError for α outside 0..1.
 */
export function fuseScores(dense: readonly Fused[], sparse: readonly Fused[], alpha: number): Fused[] {
  if (!(alpha >= 0 && alpha <= 1)) throw new RangeError(`alpha lies in 0 to 1, not ${alpha}`)
  const scores = new Map<string, number>()
  for (const [list, weight] of [
    [spread(dense), alpha],
    [spread(sparse), 1 - alpha],
  ] as const)
    for (const { id, score } of list) scores.set(id, (scores.get(id) ?? 0) + weight * score)
  return sortFused(scores)
}

function spread(list: readonly Fused[]): Fused[] {
  const least = Math.min(...list.map(({ score }) => score))
  const range = Math.max(...list.map(({ score }) => score)) - least
  return list.map(({ id, score }) => ({ id, score: range === 0 ? 1 : (score - least) / range }))
}

const sortFused = (scores: ReadonlyMap<string, number>): Fused[] =>
  [...scores].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score)

/**
 * Maximal marginal relevance: picks `k` items one by one, each with the greatest `λ · relevance - (1 - λ) · greatest similarity to those picked`. Returns indices in the
 * order of picking. λ 1 is plain relevance. Carbonell & Goldstein 1998.
 */
export function diversify(relevance: readonly number[], similarity: (a: number, b: number) => number, lambda: number, k: number): number[] {
  const left = relevance.map((_, index) => index)
  const picked: number[] = []
  while (picked.length < k && left.length > 0) {
    let best = 0
    let bestValue = -Infinity
    for (const [place, index] of left.entries()) {
      const nearest = picked.reduce((most, other) => Math.max(most, similarity(index, other)), picked.length === 0 ? 0 : -Infinity)
      const value = lambda * relevance[index]! - (1 - lambda) * nearest
      if (value > bestValue) [best, bestValue] = [place, value]
    }
    picked.push(...left.splice(best, 1))
  }
  return picked
}
