/** How good a ranking is, given the grades of what is relevant (documents without a grade count 0). `found` is best first. All are 0 where nothing is relevant. */
export interface RankingMeasures {
  readonly ndcg: number
  readonly averagePrecision: number
  readonly recall: number
  readonly precision: number
  readonly reciprocalRank: number
}

/** Measures at a cut-off k ≥ 1, as trec_eval has them: the gain is the grade itself, discounted by log2(rank + 1); an id found twice counts once, at its first place. */
export function measureRanking(found: readonly string[], grades: ReadonlyMap<string, number>, k: number): RankingMeasures {
  const relevant = [...grades.values()].filter((grade) => grade > 0).sort((a, b) => b - a)
  const top = [...new Set(found)].slice(0, k).map((id) => Math.max(0, grades.get(id) ?? 0))
  const ideal = gainOf(relevant.slice(0, k))
  if (ideal === 0) return { ndcg: 0, averagePrecision: 0, recall: 0, precision: 0, reciprocalRank: 0 }
  let hits = 0
  let precisions = 0
  for (const [place, grade] of top.entries()) {
    if (grade === 0) continue
    hits += 1
    precisions += hits / (place + 1)
  }
  const first = top.findIndex((grade) => grade > 0)
  return {
    ndcg: gainOf(top) / ideal,
    averagePrecision: precisions / relevant.length,
    recall: hits / relevant.length,
    precision: hits / k,
    reciprocalRank: first === -1 ? 0 : 1 / (first + 1),
  }
}

const gainOf = (grades: readonly number[]): number => grades.reduce((sum, grade, place) => sum + grade / Math.log2(place + 2), 0)
