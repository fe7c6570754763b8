import { type LinearModel, predict, trainLinear } from './linear-model'

/** How sure each expert was of its answer, 0..1; undefined: not asked. */
export type Outputs = readonly (number | undefined)[]

/** A past question with all experts asked: how sure each was, and how right (0..1). */
export interface AskedAll {
  readonly sureness: readonly number[]
  readonly right: readonly number[]
}

/** most experts for which every order of asking is weighed */
export const mostExperts = 8

/**
 * The next expert to ask, or null to stop: the first edge of the shortest path through sets of asked experts, where asking k costs λ·cost and stopping costs the
 * expected loss of fusing what was asked. `lossAfter` of a set (bits) that holds `asked`. Equal: stop, else the lower index. Frugal FoE, Wang et al. 2024, arXiv:2310.01542.
 */
export function nextExpert(asked: number, costs: readonly number[], lambda: number, lossAfter: (asked: number) => number): number | null {
  const known = new Map<number, number>()
  const best = (set: number): number => {
    const kept = known.get(set)
    if (kept !== undefined) return kept
    let least = lossAfter(set)
    for (const [k, cost] of costs.entries()) if ((set & (1 << k)) === 0) least = Math.min(least, lambda * cost + best(set | (1 << k)))
    known.set(set, least)
    return least
  }
  let [choice, least]: [number | null, number] = [null, lossAfter(asked)]
  for (const [k, cost] of costs.entries()) {
    if ((asked & (1 << k)) !== 0) continue
    const going = lambda * cost + best(asked | (1 << k))
    if (going < least - 1e-12) [choice, least] = [k, going]
  }
  return choice
}

const isIn = (set: number, expert: number): boolean => (set & (1 << expert)) !== 0

function featuresOf(outputs: Outputs): Map<string, number> {
  return new Map(
    outputs.flatMap((sureness, k): [string, number][] =>
      sureness === undefined
        ? []
        : [
            [`sure ${k}`, sureness],
            [`asked ${k}`, 1],
          ],
    ),
  )
}

const seenBy = (set: number, sureness: readonly number[]): Outputs => sureness.map((value, k) => (isIn(set, k) ? value : undefined))

/** The fuser: from how sure the asked experts are, who of all is likely right. Learnt on every past question with every set of experts; what was not asked is left out. */
export function trainFuser(past: readonly AskedAll[], experts: number): LinearModel {
  const examples = past.flatMap(({ sureness, right }) =>
    Array.from({ length: 2 ** experts - 1 }, (_, i) => ({ features: featuresOf(seenBy(i + 1, sureness)), target: right })),
  )
  return trainLinear(examples, experts, 'sigmoid', { rounds: 150 })
}

/** The asked expert whom the fuser trusts most; −1 where nobody was asked. */
export function fuse(fuser: LinearModel, outputs: Outputs): number {
  const trust = predict(fuser, featuresOf(outputs))
  return outputs.reduce<number>((best, sureness, k) => (sureness !== undefined && (best < 0 || trust[k]! > trust[best]!) ? k : best), -1)
}

/** The share of the `neighbours` past questions nearest in what was seen so far whose fused answer would be wrong after asking `set`. Nobody asked: 1. */
export function expectedLoss(fuser: LinearModel, past: readonly AskedAll[], seen: Outputs, set: number, neighbours: number): number {
  if (set === 0) return 1
  const near = past
    .map((row, index) => ({
      row,
      index,
      distance: seen.reduce<number>((sum, value, k) => sum + (value === undefined ? 0 : (value - row.sureness[k]!) ** 2), 0),
    }))
    .sort((a, b) => a.distance - b.distance || a.index - b.index)
  // nothing seen yet: all are as near
  const some = seen.every((value) => value === undefined) ? near : near.slice(0, neighbours)
  const losses = some.map(({ row }) => 1 - (row.right[fuse(fuser, seenBy(set, row.sureness))] ?? 0))
  return losses.reduce((sum, loss) => sum + loss, 0) / Math.max(1, losses.length)
}
