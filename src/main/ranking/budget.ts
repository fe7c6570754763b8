/**
 * A model for each question within a budget for all: everywhere the cheapest, then again and again the upgrade that brings most expected score for its cost and
 * still fits. Upgrades that bring nothing are left; equal ones: the smaller cost first. scores [question][model], costs [model] → model of each question.
 * Throws RangeError where even the cheapest everywhere is over the budget. After Routoo, Mohammadshahi et al. 2024, arXiv:2401.13979.
 */
export function allocateBudget(scores: readonly (readonly number[])[], costs: readonly number[], budget: number): number[] {
  const cheapest = costs.indexOf(Math.min(...costs))
  const chosen = scores.map(() => cheapest)
  let left = budget - scores.length * (costs[cheapest] ?? 0)
  if (left < -1e-9) throw new RangeError('the budget does not pay for the cheapest model')
  for (;;) {
    let best: { question: number; model: number; ratio: number; cost: number } | undefined
    for (const [question, row] of scores.entries())
      for (const [model, score] of row.entries()) {
        const now = chosen[question] as number
        const cost = (costs[model] ?? 0) - (costs[now] ?? 0)
        const gain = score - (row[now] ?? 0)
        if (gain <= 1e-12 || cost > left + 1e-9) continue
        const ratio = cost <= 0 ? Number.POSITIVE_INFINITY : gain / cost
        if (!best || ratio > best.ratio + 1e-12 || (Math.abs(ratio - best.ratio) <= 1e-12 && cost < best.cost))
          best = { question, model, ratio, cost }
      }
    if (!best) return chosen
    chosen[best.question] = best.model
    left -= best.cost
  }
}
