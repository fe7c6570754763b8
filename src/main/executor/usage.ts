import { type NodeUsage, noUsage } from '../../shared/run/events'

const fields = Object.keys(noUsage) as (keyof NodeUsage)[]

export type MutableUsage = { -readonly [K in keyof NodeUsage]: NodeUsage[K] }

export const emptyUsage = (): MutableUsage => ({ ...noUsage })

export function addUsage(sum: MutableUsage, more: NodeUsage): void {
  for (const field of fields) sum[field] += more[field]
}
