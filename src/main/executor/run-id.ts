import type { Clock } from './interfaces'

/** `r_`, the time in seconds and 32 random bits, in base 36: sorts by time, is typed easily, never met twice. */
export function newRunId(clock: Clock): string {
  const seconds = Math.floor(clock.now() / 1000).toString(36)
  return `r_${seconds}${clock.random().toString(36).padStart(7, '0')}`
}
