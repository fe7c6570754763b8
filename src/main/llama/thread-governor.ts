/** A probe of one thread at most this often, so that a machine with little to do is not slowed by looking. */
const probeEveryMs = 500
const shortestRestMs = 1000
const longestRestMs = 30_000
/** Contention is looked at again after so many times what the last look cost. */
const restFactor = 20
/** On a quiet machine a processor is hardly ever taken away: less than once in so many milliseconds. */
const quietMs = 20

/** So much slower than the fastest of about its size must a computation be before the system is asked: asking costs a hundredth of a small decode. */
const slowFactor = 1.3

/** A computation that has run. */
export interface Computation {
  readonly threads: number
  readonly ms: number
  readonly tokens: number
}

/**
 * Chooses the threads of computations of about one size. ggml's threads wait for each other actively after every operation, so when other programs
 * take a core away from one of them, the rest burn theirs: a decode of 8 ms was seen to take 900. Then one thread alone is far faster. The sign is
 * that the system took a processor away meanwhile (involuntary context switches); the proof is one computation with one thread that is faster for
 * each token.
 */
export class ThreadGovernor {
  #probing = false
  #aloneUntil = Number.NEGATIVE_INFINITY
  #lastProbe = Number.NEGATIVE_INFINITY
  #contendedMs = 0
  #contendedMsPerToken = 0
  /** milliseconds a token of the fastest computation, by the binary logarithm of its tokens */
  readonly #fastest = new Map<number, number>()
  #looked: { readonly preemptions: number; readonly at: number } | undefined

  constructor(
    readonly full: number,
    readonly preemptions: () => number = countPreemptions,
  ) {}

  /** Threads for the next computation; `now` in milliseconds. */
  choose(now: number): number {
    return this.#probing || now < this.#aloneUntil ? 1 : this.full
  }

  /** What the last computation was like. */
  record({ threads, ms, tokens }: Computation, now: number): void {
    if (this.full === 1) return
    if (this.#probing) {
      this.#probing = false
      const isFaster = ms / tokens < this.#contendedMsPerToken
      if (isFaster) this.#aloneUntil = now + Math.min(longestRestMs, Math.max(shortestRestMs, restFactor * this.#contendedMs))
    } else if (threads > 1 && this.#isSlow(ms, tokens) && this.#isContended(now, ms) && now - this.#lastProbe >= probeEveryMs) {
      this.#probing = true
      this.#lastProbe = now
      this.#contendedMs = ms
      this.#contendedMsPerToken = ms / tokens
    }
  }

  #isSlow(ms: number, tokens: number): boolean {
    const size = Math.ceil(Math.log2(tokens))
    const fastest = this.#fastest.get(size) ?? Number.POSITIVE_INFINITY
    const own = ms / tokens
    if (own < fastest) this.#fastest.set(size, own)
    return own > slowFactor * Math.min(fastest, own) || fastest === Number.POSITIVE_INFINITY
  }

  /** Has the system taken processors away since the last look more often than a quiet machine does? The first look only begins to count. */
  #isContended(now: number, ms: number): boolean {
    const before = this.#looked
    const preemptions = this.preemptions()
    this.#looked = { preemptions, at: now }
    return before !== undefined && preemptions - before.preemptions >= 2 + Math.max(ms, now - before.at) / quietMs
  }
}

/** For small and for large batches: what a machine under load does to them differs. Shared by all lanes of a model. */
export class Governors {
  readonly small: ThreadGovernor
  readonly large: ThreadGovernor

  constructor(threads: number) {
    this.small = new ThreadGovernor(threads)
    this.large = new ThreadGovernor(threads)
  }
}

/** How often the system took a processor away from this process so far; always 0 where it does not count. */
export const countPreemptions = (): number => process.resourceUsage().involuntaryContextSwitches
