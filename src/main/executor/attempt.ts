import { TributaryError } from '../../shared/errors'
import type { ErrorPolicy } from '../../shared/graph/document'
import { deriveSeed } from './seeds'
import type { Soon } from './soon'
import { StopSwitch } from './stop-switch'

/** How long a node may go on after it was told to stop, before it is abandoned. */
export const graceMs = 3000

const firstDelayMs = 500
const longestDelayMs = 30_000

/** What may go better the second time. What a person got wrong, or a model cannot do, never does. */
const worthRetrying = new Set<string>([
  'node-failed',
  'node-timeout',
  'internal',
  'backend-unreachable',
  'backend-error',
  'download-failed',
  'model-host-crashed',
  'model-load-failed',
  'file-unreadable',
])

export const isWorthRetrying = (error: TributaryError): boolean => worthRetrying.has(error.code)

/** Full jitter between half and the whole of 0.5 s · 2ⁿ, at most 30 s; `Retry-After` of a backend (details.retryAfterMs) is honoured. Drawn from the seed, so a replay waits as long. */
export function retryDelayMs(seed: number, attempt: number, error: TributaryError): number {
  const ceiling = Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1))
  const jittered = Math.round(ceiling * (0.5 + deriveSeed(seed, `retry ${attempt}`) / 2 ** 33))
  const { retryAfterMs } = (typeof error.details === 'object' && error.details !== null ? error.details : {}) as { retryAfterMs?: unknown }
  return typeof retryAfterMs === 'number' && retryAfterMs > jittered ? Math.min(retryAfterMs, longestDelayMs * 10) : jittered
}

/**
 * Runs `work` below a switch that stops when the run stops or the node's time is up; rejects at the latest `graceMs` after that, whatever `work` does.
 * What `work` gives at once needs no watching.
 */
export function runWithin<T>(
  stop: StopSwitch,
  policy: ErrorPolicy | undefined,
  path: string,
  work: (stop: StopSwitch) => Soon<T>,
): Soon<T> {
  const { timeoutMs } = policy ?? {}
  const own = timeoutMs === undefined ? stop : new StopSwitch(stop)
  const { signal } = own
  const given = work(own)
  if (!(given instanceof Promise)) return given

  return new Promise<T>((resolve, reject) => {
    let grace: NodeJS.Timeout | undefined
    const abandon = (reason: unknown): void => {
      grace ??= setTimeout(() => finish(() => reject(reason)), graceMs)
    }
    const unwatchParent = own === stop ? undefined : stop.watch((reason) => own.stop(reason))
    const endLimit = timeoutMs === undefined ? undefined : own.limit(timeoutMs, () => nodeTimeout(path, timeoutMs))
    const unwatch = own.watch(abandon)
    let settled = false
    const finish = (act: () => void): void => {
      if (settled) return
      settled = true
      unwatch()
      unwatchParent?.()
      endLimit?.()
      clearTimeout(grace)
      act()
    }
    given.then(
      (value) => finish(() => (own !== stop && signal.aborted ? reject(signal.reason) : resolve(value))),
      (error: unknown) => finish(() => reject(signal.aborted ? signal.reason : error)),
    )
  })
}

/** Runs a body below a switch of its own, so that its failure stops nothing around it; the switch also stops when the container's time is up. */
export async function within<T>(
  parent: StopSwitch,
  policy: ErrorPolicy | undefined,
  path: string,
  work: (stop: StopSwitch) => Promise<T>,
): Promise<T> {
  const { timeoutMs } = policy ?? {}
  const stop = new StopSwitch(parent)
  const unwatch = parent.watch((reason) => stop.stop(reason))
  const endLimit = timeoutMs === undefined ? undefined : stop.limit(timeoutMs, () => nodeTimeout(path, timeoutMs))
  try {
    return await work(stop)
  } catch (thrown) {
    throw stop.signal.aborted ? stop.signal.reason : thrown
  } finally {
    endLimit?.()
    unwatch()
  }
}

const nodeTimeout = (path: string, timeoutMs: number): TributaryError =>
  new TributaryError('node-timeout', `The node "${path}" ran longer than its limit of ${timeoutMs} ms.`, {
    hint: 'Raise the limit of the node, or give it less to do.',
  })
