import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from './interfaces'

/** The time since 1970 with the resolution of the monotonic clock: it never goes backwards within a process. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  random: () => randomBytes(4).readUInt32LE(),
  wait: async (ms, signal) => {
    try {
      await delay(ms, undefined, { signal })
    } catch {
      // `delay` rejects only when the signal aborts, with an error of its own instead of the signal's reason.
      throw signal.reason
    }
  },
}
