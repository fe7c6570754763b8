import type { BlobTable } from './blobs'
import type { Database } from './database'

export interface CollectOptions {
  /** cap of what the cache may hold, in bytes of values */
  readonly maxBytes: number
  readonly now: number
  /** nothing that was used since is removed */
  readonly graceMs?: number
}

export interface Collected {
  readonly results: number
  readonly values: number
  readonly bytes: number
}

const dayMs = 24 * 60 * 60 * 1000

/**
 * Keeps the cache below its cap: forgets the results used longest ago, then every value that no result and no run's output names, then blobs
 * without a value. What was used within the grace time (24 h) stays, so that nothing goes that a run is about to name.
 */
export function collect(database: Database, blobs: BlobTable, options: CollectOptions): Collected {
  const { maxBytes, now, graceMs = dayMs } = options
  const { connection, write } = database
  const before = now - graceMs

  if (!(maxBytes >= 0)) throw new RangeError(`the cap of the cache is ${maxBytes} bytes`)

  const total = connection.prepare<[], number>('select coalesce(sum(size), 0) from wire_values').pluck()
  const oldest = connection.prepare<[number], { key: string; size: number }>(
    `select key, (select coalesce(sum(json_extract(o.value, '$.sizeBytes')), 0) from json_each(results.outputs) as o) as size
     from results where used_at < ? order by used_at`,
  )
  const removeResult = connection.prepare<[string]>('delete from results where key = ?')
  const removeValues = connection.prepare<[number]>(
    `delete from wire_values where used_at < ?
       and sha not in (select json_extract(o.value, '$.sha') from results, json_each(results.outputs) as o)
       and sha not in (select json_extract(o.value, '$.sha') from runs, json_each(runs.outputs) as o where runs.outputs is not null)`,
  )

  const counted = write(() => {
    const had = total.get() ?? 0
    let results = 0
    let over = had - maxBytes
    for (const { key, size } of oldest.all(before)) {
      if (over <= 0) break
      removeResult.run(key)
      results++
      over -= size
    }
    const values = had > maxBytes ? removeValues.run(before).changes : 0
    return { results, values, bytes: had - (total.get() ?? 0) }
  })
  const freed = blobs.sweep(before)
  return { ...counted, bytes: Math.max(counted.bytes, freed) }
}
