/** A probe of one thread at most this often, so that a machine with little to do is not slowed by looking; the pause doubles while probes are in vain. */
const shortestPauseMs = 500
const longestPauseMs = 8000
const shortestRestMs = 1000
const longestRestMs = 30_000
/** Contention is looked at again after so many times what it took to find. */
const restFactor = 10
/** Computations of about one size that are remembered, and how many of them, or how much time, say what is usual now. */
const memory = 8
const enough = { computations: 4, ms: 250 }
/** On a quiet machine a processor is hardly ever taken away: less than once in so many milliseconds. */
const quietMs = 20
/** So much slower than the fastest of about its size must computations usually be before the system is asked: asking costs a hundredth of a small decode. */
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
 * that computations are usually slower than they can be and that the system took a processor away meanwhile (involuntary context switches); the proof
 * is one computation with one thread that is faster for each token than those with all have usually been. A single slow one proves nothing: every
 * machine has them.
 */
export class ThreadGovernor {
  #probing = false
  #aloneUntil = Number.NEGATIVE_INFINITY
  #nextProbe = Number.NEGATIVE_INFINITY
  #pauseMs = shortestPauseMs
  /** by the binary logarithm of their tokens */
  readonly #sizes = new Map<number, SizeMemory>()
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
    this.#looked ??= { preemptions: this.preemptions(), at: now }
    const size = this.#size(tokens)
    if (this.#probing) this.#judge(ms / tokens < size.usual, size.totalMs, now)
    else if (threads > 1) {
      const wasSlow = size.add(ms, tokens)
      this.#probing = wasSlow && now >= this.#nextProbe && size.isSlow && this.#isContended(now, ms)
    }
  }

  #judge(isFaster: boolean, foundInMs: number, now: number): void {
    this.#probing = false
    this.#nextProbe = now + this.#pauseMs
    this.#pauseMs = isFaster ? shortestPauseMs : Math.min(longestPauseMs, 2 * this.#pauseMs)
    if (!isFaster) return
    this.#aloneUntil = now + Math.min(longestRestMs, Math.max(shortestRestMs, restFactor * foundInMs))
    for (const size of this.#sizes.values()) size.forget()
  }

  #size(tokens: number): SizeMemory {
    const key = Math.ceil(Math.log2(tokens))
    const known = this.#sizes.get(key) ?? new SizeMemory()
    this.#sizes.set(key, known)
    return known
  }

  /** Has the system taken processors away since the last look more often than a quiet machine does? */
  #isContended(now: number, ms: number): boolean {
    const before = this.#looked ?? { preemptions: 0, at: now }
    const preemptions = this.preemptions()
    this.#looked = { preemptions, at: now }
    return preemptions - before.preemptions >= 2 + Math.max(ms, now - before.at) / quietMs
  }
}

/** How long computations of about one size took with all threads, for each token. */
class SizeMemory {
  #fastest = Number.POSITIVE_INFINITY
  readonly #recent: { readonly ms: number; readonly perToken: number }[] = []

  /** Was this one slow? */
  add(ms: number, tokens: number): boolean {
    const perToken = ms / tokens
    this.#fastest = Math.min(this.#fastest, perToken)
    this.#recent.push({ ms, perToken })
    if (this.#recent.length > memory) this.#recent.shift()
    return perToken > slowFactor * this.#fastest
  }

  /** What was fast once still can be. */
  forget(): void {
    this.#recent.length = 0
  }

  get totalMs(): number {
    return this.#recent.reduce((sum, { ms }) => sum + ms, 0)
  }

  /** The mean; where several are known, without the slowest of them. 0 of none. */
  get usual(): number {
    const times = this.#recent.map(({ perToken }) => perToken).sort((a, b) => a - b)
    const counted = times.length >= enough.computations ? times.slice(0, -1) : times
    return counted.reduce((sum, time) => sum + time, 0) / Math.max(1, counted.length)
  }

  get isSlow(): boolean {
    const isKnown = this.#recent.length >= enough.computations || this.totalMs >= enough.ms
    return isKnown && this.usual > slowFactor * this.#fastest
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
