import { TributaryError } from '../../shared/errors'

/** One call that is using models, or loading them. */
export interface Borrower {
  /** bytes that stay as long as the call does: weights of its models, lanes that it has taken out */
  ownBytes(): number
}

export interface LedgerParts {
  readonly budgetBytes: number
  /** all that is in memory now */
  readonly usedBytes: () => number
  /** Frees the least recently used thing that nobody uses. False: there is none. */
  readonly evictOne: () => boolean
}

/**
 * Who may use memory, and when. Calls that will take memory come in one after the other: each holds the turn until it has all it needs at once (weights,
 * then all its lanes), so no two calls wait for each other's half. A call that does not fit waits until another one ends. When everyone waits nobody
 * could ever go on: then the last to ask is refused.
 */
export class MemoryLedger {
  readonly #borrowers = new Map<Borrower, { isWaiting: boolean; promisedBytes: number }>()
  readonly #wakers = new Set<() => void>()
  #lastTurn: Promise<void> = Promise.resolve()

  constructor(readonly parts: LedgerParts) {}

  /** Resolves when it is the caller's turn; call what it gives once to let the next one in. First come, first served. */
  async takeTurn(signal: AbortSignal): Promise<() => void> {
    const before = this.#lastTurn
    let end = (): void => undefined
    const own = new Promise<void>((resolve) => {
      end = resolve
    })
    this.#lastTurn = before.then(() => own)
    try {
      await untilAborted(before, signal)
    } catch (reason) {
      end()
      throw reason
    }
    return end
  }

  enter(borrower: Borrower): void {
    this.#borrowers.set(borrower, { isWaiting: false, promisedBytes: 0 })
  }

  /** It has ended, or needs less than before: others look again. */
  leave(borrower: Borrower): void {
    this.#borrowers.delete(borrower)
    for (const state of this.#borrowers.values()) state.isWaiting = false
    for (const wake of [...this.#wakers]) wake()
    this.#wakers.clear()
  }

  /** What was reserved is in memory now and counted there. */
  arrived(borrower: Borrower): void {
    const state = this.#borrowers.get(borrower)
    if (state) state.promisedBytes = 0
  }

  /**
   * Makes room for `bytes` more, evicting what is idle, and waits for others where that is not enough. The room is kept until `arrived` or `leave`.
   * Throws `out-of-memory` when waiting cannot help.
   */
  async reserve(borrower: Borrower, bytes: number, what: string, signal: AbortSignal): Promise<void> {
    const { budgetBytes, evictOne } = this.parts
    const state = this.#borrowers.get(borrower)
    if (!state) throw new Error('a call that has ended asks for memory')
    if (borrower.ownBytes() + state.promisedBytes + bytes > budgetBytes) throw this.#doesNotFit(bytes, what)
    while (this.#usedBytes() + bytes > budgetBytes) {
      signal.throwIfAborted()
      if (evictOne()) continue
      state.isWaiting = true
      const someoneWorks = [...this.#borrowers.values()].some(({ isWaiting }) => !isWaiting)
      if (!someoneWorks) {
        state.isWaiting = false
        throw this.#doesNotFit(bytes, what)
      }
      await this.#nextLeave(signal)
      state.isWaiting = false
    }
    state.promisedBytes += bytes
  }

  #usedBytes(): number {
    let bytes = this.parts.usedBytes()
    for (const { promisedBytes } of this.#borrowers.values()) bytes += promisedBytes
    return bytes
  }

  #nextLeave(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake)
        this.#wakers.delete(wake)
        resolve()
      }
      this.#wakers.add(wake)
      signal.addEventListener('abort', wake)
    })
  }

  #doesNotFit(bytes: number, what: string): TributaryError {
    const [needed, used, budget] = [bytes, this.#usedBytes(), this.parts.budgetBytes].map(inUnits)
    return new TributaryError('out-of-memory', `There is no room for ${what}: it needs ${needed}, ${used} of ${budget} are in use.`, {
      hint: 'Use a smaller model or a smaller context, or raise the memory limit in the settings.',
      details: { bytes },
    })
  }
}

/** `12 MiB`, `1.5 GiB` */
export const inUnits = (bytes: number): string =>
  bytes < 2 ** 30 ? `${Math.ceil(bytes / 2 ** 20)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`

function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, reject)
  })
}
