import { TributaryError } from '../../shared/errors'
import type { EvaluateRequest, OpenRequest, Runtime, TokenSequence } from './source'

/** Texts that are read side by side at most. */
export const mostSideBySide = 16

export interface SideBySideWork<T> {
  /** how long each text is, in any unit: those of like length are read together */
  readonly lengths: readonly number[]
  readonly signal: AbortSignal
  /** Reads one text. Its runtime is for this text alone; it opens once, and disposes what it has opened. */
  readonly work: (runtime: Runtime, index: number) => Promise<T>
  /** Told of several texts how many have ended: at the start, before a batch if more have ended since, and at the end. Of one text nothing is told. */
  readonly onDone?: (done: number, total: number) => void
}

/**
 * Works on many texts that have nothing to do with each other, so that what they ask of the models comes in one batch: up to 16 at a time, fewer where memory
 * is short (`Runtime.fitting`), and each goes on when all have said what they read next. One that has ended leaves the batch. What forks or branches, or
 * opens a model twice, reads alone. Where the runtime promises it, each result is bit for bit that of the text read alone.
 *
 * Results come in the order of the texts. When one fails, or the signal is aborted, the others stop within an evaluation, and its error is thrown: of several
 * texts it says which, counted from 1, unless what failed was asked for all.
 */
export async function sideBySide<T>(runtime: Runtime, { lengths, signal, work, onDone }: SideBySideWork<T>): Promise<T[]> {
  const order = [...lengths.keys()].sort((a, b) => (lengths[a] as number) - (lengths[b] as number))
  const waves = Math.ceil(order.length / mostSideBySide)
  const results = new Array<T>(order.length)
  const count = new Count(order.length, onDone)
  count.tell()
  for (let wave = 0, start = 0; wave < waves; wave++) {
    const some = order.slice(start, start + Math.ceil((order.length - start) / (waves - wave)))
    start += some.length
    const meeting = new Meeting(runtime, some.length, signal, () => count.tell())
    await readWave(meeting, some, signal, async (own, index) => {
      results[index] = await work(own, index)
      count.done++
    }).catch((error: unknown) => Promise.reject(error instanceof OfText ? named(error, lengths.length) : error))
    count.tell()
  }
  return results
}

/** How many texts have ended, told when it is news. */
class Count {
  done = 0
  #told = -1

  constructor(
    readonly total: number,
    readonly onDone: SideBySideWork<unknown>['onDone'],
  ) {}

  tell(): void {
    if (this.total < 2 || this.done === this.#told) return
    this.#told = this.done
    this.onDone?.(this.done, this.total)
  }
}

/** What a text threw, and which one it was. */
class OfText {
  constructor(
    readonly index: number,
    readonly cause: unknown,
  ) {}
}

function named({ cause, index }: OfText, texts: number): unknown {
  if (!(cause instanceof TributaryError) || texts === 1) return cause
  const { code, message, hint, place, details } = cause
  return new TributaryError(code, `Row ${index + 1} of ${texts}: ${message}`, {
    ...(hint === undefined ? {} : { hint }),
    place,
    details,
    cause,
  })
}

async function readWave(
  meeting: Meeting,
  indices: readonly number[],
  signal: AbortSignal,
  work: (runtime: Runtime, index: number) => Promise<void>,
): Promise<void> {
  let failure: unknown
  await Promise.all(
    indices.map(async (index) => {
      const seat = meeting.seat()
      try {
        await work(seat, index)
      } catch (error) {
        failure ??= meeting.isShared(error) ? error : new OfText(index, error)
        meeting.stop(error)
      } finally {
        seat.leave()
      }
    }),
  )
  signal.throwIfAborted()
  if (failure !== undefined) throw failure
}

interface Wish<Request, Result> {
  readonly seat: Seat
  readonly requests: readonly Request[]
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/** Gathers what the texts of one wave ask, until none of them can go on without an answer; then everything is answered at once. */
class Meeting {
  /** texts that are at work, and neither wait nor have left */
  #working: number
  /** texts that have opened and not left */
  readonly #reading = new Set<Seat>()
  #opening: Wish<OpenRequest, TokenSequence[]>[] = []
  #evaluating: (Wish<EvaluateRequest, undefined> & { readonly onProgress: Parameters<Runtime['evaluate']>[1]['onProgress'] })[] = []
  readonly #stopped = new AbortController()
  readonly #signal: AbortSignal
  /** thrown by what was asked for several texts at once */
  readonly #sharedErrors = new Set<unknown>()
  #sharedMs = 0
  #lastMs: number

  constructor(
    readonly runtime: Runtime,
    texts: number,
    signal: AbortSignal,
    /** told before each batch */
    readonly onBatch: () => void,
  ) {
    this.#working = texts
    this.#signal = AbortSignal.any([signal, this.#stopped.signal])
    this.#lastMs = runtime.now()
  }

  seat(): Seat {
    return new Seat(this)
  }

  /** Of the time that passes each text has its share, so that the times of all add up to it. */
  now(): number {
    const now = this.runtime.now()
    this.#sharedMs += (now - this.#lastMs) / Math.max(1, this.#reading.size)
    this.#lastMs = now
    return this.#sharedMs
  }

  open(seat: Seat, requests: readonly OpenRequest[]): Promise<TokenSequence[]> {
    return new Promise((resolve, reject) => {
      this.#opening.push({ seat, requests, resolve, reject })
      this.#wait()
    })
  }

  evaluate(seat: Seat, requests: readonly EvaluateRequest[], call: Parameters<Runtime['evaluate']>[1]): Promise<undefined> {
    return new Promise((resolve, reject) => {
      this.#evaluating.push({ seat, requests, resolve, reject, onProgress: call.onProgress })
      this.#wait()
    })
  }

  leave(seat: Seat): void {
    this.now()
    this.#reading.delete(seat)
    this.#wait()
  }

  isShared(error: unknown): boolean {
    return this.#sharedErrors.has(error)
  }

  stop(reason: unknown): void {
    this.#stopped.abort(reason)
  }

  #wait(): void {
    this.#working--
    if (this.#working > 0) return
    const answering = this.#evaluating.length > 0 ? this.#answerEvaluations() : this.#opening.length > 0 ? this.#answerOpening() : undefined
    void answering
  }

  async #answerEvaluations(): Promise<void> {
    const wishes = this.#evaluating
    this.#evaluating = []
    const [first] = wishes
    this.onBatch()
    await this.#answer(wishes, async () => {
      await this.runtime.evaluate(
        wishes.flatMap(({ requests }) => requests),
        { signal: this.#signal, ...(first?.onProgress ? { onProgress: first.onProgress } : {}) },
      )
      return wishes.map(() => undefined)
    })
  }

  /** Those that fit are opened, the shortest first, so that those that go on longest lie beside each other; the others wait until these have left. */
  async #answerOpening(): Promise<void> {
    this.#opening.sort((a, b) => capacityOf(a.requests) - capacityOf(b.requests))
    const plain = this.#opening.filter(({ requests }) => !standsAlone(requests))
    const fitting = this.runtime.fitting?.(plain.map(({ requests }) => sideBySideOf(requests))) ?? plain.length
    const wishes = plain.length > 0 ? plain.slice(0, fitting) : this.#opening.slice(0, 1)
    this.#opening = this.#opening.filter((wish) => !wishes.includes(wish))
    await this.#answer(wishes, async () => {
      this.now()
      const lists = wishes.map(({ requests }) => (wishes.length > 1 ? sideBySideOf(requests) : requests))
      const opened = await this.runtime.open(lists.flat(), this.#signal)
      for (const { seat } of wishes) this.#reading.add(seat)
      return lists.map((list) => opened.splice(0, list.length))
    })
  }

  async #answer<Request, Result>(wishes: readonly Wish<Request, Result>[], work: () => Promise<Result[]>): Promise<void> {
    this.#working += wishes.length
    try {
      this.#signal.throwIfAborted()
      const results = await work()
      wishes.forEach(({ resolve }, i) => void resolve(results[i] as Result))
    } catch (error) {
      if (wishes.length > 1) this.#sharedErrors.add(error)
      for (const { reject } of wishes) reject(error)
    }
  }
}

/** What a text sees of the runtime. */
class Seat implements Runtime {
  readonly describe: Runtime['describe']
  readonly constrain: Runtime['constrain']
  readonly derived: Runtime['derived']

  constructor(readonly meeting: Meeting) {
    const { runtime } = meeting
    this.describe = (ref) => runtime.describe(ref)
    this.constrain = (ref, schema) => runtime.constrain(ref, schema)
    this.derived = runtime.derived
  }

  now(): number {
    return this.meeting.now()
  }

  open(requests: readonly OpenRequest[]): Promise<TokenSequence[]> {
    return this.meeting.open(this, requests)
  }

  evaluate(requests: readonly EvaluateRequest[], call: Parameters<Runtime['evaluate']>[1]): Promise<void> {
    return this.meeting.evaluate(this, requests, call)
  }

  leave(): void {
    this.meeting.leave(this)
  }
}

/** Sequences that share cells, by branches or because one model has two prompts, keep the lane that they would have alone. */
const standsAlone = (requests: readonly OpenRequest[]): boolean =>
  requests.some(({ branches, tree }) => branches > 0 || tree !== undefined) ||
  new Set(requests.map(({ model }) => model.id)).size < requests.length

const sideBySideOf = (requests: readonly OpenRequest[]): OpenRequest[] => requests.map((request) => ({ ...request, sideBySide: true }))

const capacityOf = (requests: readonly OpenRequest[]): number => requests.reduce((sum, { capacity }) => sum + capacity, 0)
