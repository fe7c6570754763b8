import { kernel } from './kernel/index'
import type { Row } from './row'

/** Tokens less likely than e^−14 (one in a million) under a source are left out of its mixture: they cannot be seen and are most of a vocabulary. */
const reach = 14

/**
 * Jensen–Shannon divergence of several rows over one vocabulary, all weighed alike, in nats: mean of KL(p_i ‖ mean p). 0 for equal rows, at most ln n.
 * Silent and empty rows are left out; fewer than two rows give 0. (Lin 1991.)
 */
export function divergence(rows: readonly Row[]): number {
  const heard = rows.filter((row) => !row.isSilent && row.max > -Infinity)
  if (heard.length < 2) return 0
  const ids = new Set<number>()
  for (const row of heard) for (const id of kernel.collect(row.values, row.logZ - reach)) ids.add(id)
  let sum = 0
  for (const id of ids) {
    const shares = heard.map((row) => Math.exp(row.logprob(id)))
    const mean = shares.reduce((total, p) => total + p, 0) / heard.length
    for (const p of shares) if (p > 0) sum += p * Math.log(p / mean)
  }
  return Math.min(Math.log(heard.length), Math.max(0, sum / heard.length))
}
