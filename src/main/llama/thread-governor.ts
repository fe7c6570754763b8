/** A probe of one thread at most this often, so that a machine with little to do is not slowed by looking. */
const probeEveryMs = 500
const shortestRestMs = 1000
const longestRestMs = 30_000
/** Contention is looked at again after so many times what the last look cost. */
const restFactor = 20

/**
 * Chooses the threads of small decodes. ggml's threads wait for each other actively after every operation, so when other programs take a core away
 * from one of them, the rest burn theirs: a decode of 8 ms was seen to take 900. Then one thread alone is far faster. The sign is that the system
 * took the processor away during a decode (involuntary context switches); the proof is one decode with one thread that is faster.
 */
export class ThreadGovernor {
  #probing = false
  #alone = Number.NEGATIVE_INFINITY
  #lastProbe = Number.NEGATIVE_INFINITY
  #contendedMs = 0

  constructor(readonly full: number) {}

  /** Threads for the next small decode; `now` in milliseconds. */
  choose(now: number): number {
    return this.#probing || now < this.#alone ? 1 : this.full
  }

  /** What the last small decode was like. */
  record(decode: { readonly threads: number; readonly ms: number; readonly preemptions: number }, now: number): void {
    if (this.full === 1) return
    if (this.#probing) {
      this.#probing = false
      if (decode.ms < this.#contendedMs)
        this.#alone = now + Math.min(longestRestMs, Math.max(shortestRestMs, restFactor * this.#contendedMs))
    } else if (decode.threads > 1 && decode.preemptions >= 2 && now - this.#lastProbe >= probeEveryMs) {
      this.#probing = true
      this.#lastProbe = now
      this.#contendedMs = decode.ms
    }
  }
}
