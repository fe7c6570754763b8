import { assign } from './assignment'

/** Which rows of one side make up each row of the other, and how much of each. */
export interface Mixture {
  readonly sources: readonly number[]
  readonly shares: readonly number[]
}

/** The largest problem that is solved exactly: n³ steps. */
const mostCopies = 2048

/**
 * Optimal transport between `from` and `to` units that all weigh the same. gain [to × from], row-major → for each of `to` the units of `from` that come to it, with
 * the mass T[i][j] as a share of that unit's own mass (rows of the plan sum to from / to, columns to 1). Exact: every unit is copied until both sides count the least
 * common multiple, and the copies are assigned one to one. undefined where that would take more than 2,048 copies.
 */
export function transport(gain: Float64Array, to: number, from: number): Mixture[] | undefined {
  const copies = (to / greatestDivisor(to, from)) * from
  if (copies > mostCopies) return undefined
  const [copiesOfTo, copiesOfFrom] = [copies / to, copies / from]
  const all = new Float64Array(copies * copies)
  for (let i = 0; i < copies; i++)
    for (let j = 0; j < copies; j++) all[i * copies + j] = gain[Math.floor(i / copiesOfTo) * from + Math.floor(j / copiesOfFrom)] as number
  const counts = Array.from({ length: to }, () => new Map<number, number>())
  for (const [i, j] of assign(all, copies).entries()) {
    const [row, source] = [counts[Math.floor(i / copiesOfTo)] as Map<number, number>, Math.floor(j / copiesOfFrom)]
    row.set(source, (row.get(source) ?? 0) + 1 / copiesOfFrom)
  }
  return counts.map((row) => {
    const sources = [...row.keys()].sort((a, b) => a - b)
    return { sources, shares: sources.map((source) => row.get(source) as number) }
  })
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b))
