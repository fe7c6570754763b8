/** How far a node is with something that it counts. */
export interface NodeProgress {
  /** with a part of what it is at, where that is known */
  readonly done: number
  readonly total: number
  /** what is counted, in words */
  readonly unit: string
  /** the first that was heard of it: when, on the run's clock, and how far it was */
  readonly since: { readonly t: number; readonly done: number }
  /** by the pace since then; absent while there is none to go by */
  readonly leftMs?: number
}

/** before: what was known so far; another unit or total, or a step back, is something new. event.t in milliseconds. */
export function nextProgress(
  before: NodeProgress | undefined,
  { done, total, t }: { readonly done: number; readonly total: number; readonly t: number },
  unit: string,
): NodeProgress {
  const goesOn = before !== undefined && before.unit === unit && before.total === total && done >= before.done
  const since = goesOn ? before.since : { t, done }
  const advanced = done - since.done
  const leftMs = advanced > 0 && t > since.t ? ((t - since.t) / advanced) * Math.max(0, total - done) : undefined
  return { done, total, unit, since, ...(leftMs === undefined ? {} : { leftMs }) }
}
