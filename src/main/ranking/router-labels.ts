import { softmax } from './linear-model'

/**
 * ZOOTER's soft labels: the softmax of each question's rewards, blended with the mean softmax of all questions that share a tag: β·own + (1 − β)·tags.
 * rewards [question][model] → shares of the same shape. A question without tags keeps its own. Lu et al. 2023, arXiv:2311.08692.
 */
export function rewardLabels(rewards: readonly (readonly number[])[], tags: readonly (readonly string[])[], beta = 0.3): number[][] {
  const own = rewards.map(softmax)
  const byTag = new Map<string, number[][]>()
  own.forEach((shares, question) => {
    for (const tag of new Set(tags[question])) byTag.set(tag, [...(byTag.get(tag) ?? []), shares])
  })
  return own.map((shares, question) => {
    const means = [...new Set(tags[question])].map((tag) => meanOf(byTag.get(tag) ?? []))
    if (means.length === 0) return shares
    const shared = meanOf(means)
    return shares.map((share, model) => beta * share + (1 - beta) * (shared[model] as number))
  })
}

const meanOf = (rows: readonly (readonly number[])[]): number[] =>
  (rows[0] ?? []).map((_, column) => rows.reduce((sum, row) => sum + (row[column] as number), 0) / rows.length)

const slack = 1e-9

/**
 * Hybrid LLM's labels: how likely the small model is as good as the large one, less a gap `t`, over all pairs of samples. The gap is the one that
 * spreads the labels of all questions most (the smallest such; 0 where none does). small, large: qualities of samples of each question. Ding et al. 2024, arXiv:2404.14618.
 */
export function difficultyLabels(
  small: readonly (readonly number[])[],
  large: readonly (readonly number[])[],
  steps = 50,
): { readonly gap: number; readonly labels: number[] } {
  const gaps = small.flatMap((samples, question) => samples.flatMap((s) => (large[question] ?? []).map((l) => l - s)))
  const most = Math.max(0, ...gaps)
  let best = { gap: 0, spread: spreadOf(shareAsGood(small, large, 0)) }
  for (let step = 1; step <= steps; step += 1) {
    const gap = (most * step) / steps
    const spread = spreadOf(shareAsGood(small, large, gap))
    if (spread > best.spread + slack) best = { gap, spread }
  }
  return { gap: best.gap, labels: shareAsGood(small, large, best.gap) }
}

/** For each question the share of pairs of samples in which the small model is at most `gap` worse. */
export function shareAsGood(small: readonly (readonly number[])[], large: readonly (readonly number[])[], gap: number): number[] {
  return small.map((samples, question) => {
    const pairs = samples.flatMap((s) => (large[question] ?? []).map((l) => Number(s >= l - gap - slack)))
    return pairs.length === 0 ? Number.NaN : pairs.reduce((sum, x) => sum + x, 0) / pairs.length
  })
}

/** Mean difference of all pairs of labels. */
export function spreadOf(labels: readonly number[]): number {
  let sum = 0
  for (const a of labels) for (const b of labels) sum += Math.abs(a - b)
  return labels.length === 0 ? 0 : sum / labels.length ** 2
}
