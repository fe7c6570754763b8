/** What happened before: for each past question, which model was right (1), wrong (0), or in between; null where it was not asked. [question][model] */
export type Records = readonly (readonly (number | null)[])[]

/**
 * Expected rightness of each model on a new question: its mean over the `neighbours` (indices of past questions, nearest first), of those that have a label.
 * null: none has. Shnitzer et al. 2023, arXiv:2309.15789.
 */
export function predictRightness(records: Records, neighbours: readonly number[], models: number): (number | null)[] {
  return Array.from({ length: models }, (_, model) => {
    const labels = neighbours.flatMap((row) => records[row]?.[model] ?? [])
    return labels.length === 0 ? null : labels.reduce((sum, label) => sum + label, 0) / labels.length
  })
}

/** The model of the greatest `rightness - λ · cost`; equal ones: the cheaper, then the earlier. Models without rightness only if none has any. */
export function chooseByUtility(rightness: readonly (number | null)[], costs: readonly number[], lambda: number): number {
  const utility = rightness.map((value, model) => (value === null ? -Number.MAX_VALUE : value - lambda * (costs[model] ?? 0)))
  return rightness.reduce<number>((best, _, model) => {
    const [a, b] = [utility[model]!, utility[best]!]
    return a > b + 1e-12 || (Math.abs(a - b) <= 1e-12 && (costs[model] ?? 0) < (costs[best] ?? 0)) ? model : best
  }, 0)
}

export interface CostQuality {
  readonly cost: number
  readonly quality: number
}

/** The least concave line above the points that never falls: what mixing of routers can reach at each cost. Cheapest first. */
export function qualityHull(points: readonly CostQuality[]): CostQuality[] {
  const sorted = [...points].sort((a, b) => a.cost - b.cost || b.quality - a.quality)
  const hull: CostQuality[] = []
  for (const point of sorted) {
    if (hull.length > 0 && point.quality <= hull.at(-1)!.quality) continue
    while (hull.length > 1 && slope(hull.at(-2)!, point) >= slope(hull.at(-2)!, hull.at(-1)!)) hull.pop()
    hull.push(point)
  }
  return hull
}

const slope = (a: CostQuality, b: CostQuality): number => (b.quality - a.quality) / (b.cost - a.cost)

/** Average improvement in quality: mean height of the hull over its costs. One point: its quality. No points: NaN. Hu et al. 2024, arXiv:2403.12031. */
export function averageQuality(points: readonly CostQuality[]): number {
  const hull = qualityHull(points)
  const [first, last] = [hull[0], hull.at(-1)]
  if (first === undefined || last === undefined) return Number.NaN
  const most = Math.max(...points.map(({ cost }) => cost))
  if (most === first.cost) return first.quality
  let area = last.quality * (most - last.cost)
  for (const [index, point] of hull.slice(1).entries())
    area += ((hull[index]!.quality + point.quality) / 2) * (point.cost - hull[index]!.cost)
  return area / (most - first.cost)
}
