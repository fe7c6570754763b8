import { type NodeUsage, noUsage } from '../../shared/run/events'

const fields = Object.keys(noUsage) as (keyof NodeUsage)[]

export type MutableUsage = { -readonly [K in keyof NodeUsage]: NodeUsage[K] }

export const emptyUsage = (): MutableUsage => ({ ...noUsage })

/** One after the other: times and counts add up, a cache gives its room to the next one. */
export function addUsage(sum: MutableUsage, more: NodeUsage): void {
  const kvBytes = Math.max(sum.kvBytes, more.kvBytes)
  for (const field of fields) sum[field] += more[field]
  sum.kvBytes = kvBytes
}
