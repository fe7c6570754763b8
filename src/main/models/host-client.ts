import { TributaryError } from '../../shared/errors'
import { crashError, type HostExit, HostProcess, type HostProcessOptions } from './host-process'
import type { FromHost, HostMethod, HostMethods, HostSettings, ModelMemory } from './host-protocol'
import type { DecodeCall } from './model'

interface Pending {
  readonly call: DecodeCall
  readonly doing: string
  settle(outcome: { readonly result: unknown } | { readonly error: unknown }): void
}

/** The host says something every second; silence this long means it hangs. Generous: a machine under load is slow, not dead. */
const silenceMs = 30_000
/** After a cancel the host answers within a token; who waits longer than this is let go. */
const cancelMs = 3000
/** A host that dies so often before it can speak is not started again for a while. */
const maxFailedStarts = 3
const pauseMs = 10_000

/**
 * The application's end of the model host. The process starts with the first call, lives until `close`, and starts anew with the next call after a
 * crash; a crash fails the calls that were pending and nothing else.
 */
export class HostClient {
  readonly #pending = new Map<number, Pending>()
  #memory: readonly ModelMemory[] = []
  readonly #peaks = new Set<{ bytes: number }>()
  #host: HostProcess | undefined
  #nextId = 1
  #lastHeard = 0
  #spoken = false
  #failedStarts = 0
  #pausedUntil = 0
  #watch: NodeJS.Timeout | undefined
  #whenGone: Promise<void> = Promise.resolve()

  constructor(
    readonly options: HostProcessOptions,
    private settings: HostSettings,
    /** told what models take whenever that changes */
    readonly onMemory: (models: readonly ModelMemory[]) => void = () => undefined,
  ) {}

  /** ids of the models that are in memory now */
  get loaded(): ReadonlySet<string> {
    return new Set(this.#memory.map(({ id }) => id))
  }

  /** From now on keeps the most bytes that models take together, and tells it whenever the returned function is called; `end` forgets it. */
  watchPeak(): { readonly bytes: () => number; readonly end: () => void } {
    const peak = { bytes: totalOf(this.#memory) }
    this.#peaks.add(peak)
    return { bytes: () => peak.bytes, end: () => void this.#peaks.delete(peak) }
  }

  /** of the process that runs now */
  get pid(): number | undefined {
    return this.#host?.pid
  }

  /** Runs a method in the host. Throws what it throws, `model-host-crashed` when the host dies, the signal's reason when it aborts. */
  async call<M extends HostMethod>(method: M, args: HostMethods[M]['args'], call: DecodeCall): Promise<HostMethods[M]['result']> {
    call.signal.throwIfAborted()
    const host = this.#host ?? this.#start()
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      const onAbort = (): void => {
        host.send({ type: 'cancel', id })
        timer = setTimeout(() => settle({ error: call.signal.reason }), cancelMs)
      }
      const settle: Pending['settle'] = (outcome) => {
        if (!this.#pending.delete(id)) return
        call.signal.removeEventListener('abort', onAbort)
        clearTimeout(timer)
        if (this.#pending.size === 0) this.#rest()
        if (call.signal.aborted) reject(call.signal.reason)
        else if ('error' in outcome) reject(outcome.error)
        else resolve(outcome.result as HostMethods[M]['result'])
      }
      this.#pending.set(id, { call, doing: describeCall(method, args), settle })
      this.#work(host)
      call.signal.addEventListener('abort', onAbort)
      host.send({ type: 'call', id, method, args })
    })
  }

  /** Starts the process before it is asked for anything, so that the first call need not wait for it; nothing is held for its sake. */
  warm(): void {
    if (this.#host || Date.now() < this.#pausedUntil) return
    this.#start().hold(false)
  }

  /** New settings hold from the next start: the host is stopped when nothing is pending, else after its last call. */
  configure(settings: HostSettings): void {
    this.settings = settings
    if (this.#pending.size === 0) void this.close()
    else this.#stopWhenIdle = true
  }
  #stopWhenIdle = false

  /** Ends the process and waits until it is gone. Pending calls fail. A later call starts it again. */
  async close(): Promise<void> {
    const host = this.#host
    if (!host) return this.#whenGone
    this.#host = undefined
    clearInterval(this.#watch)
    host.hold(true)
    host.send({ type: 'close' })
    const force = setTimeout(() => host.kill(), 5000)
    await this.#whenGone
    clearTimeout(force)
  }

  #start(): HostProcess {
    if (Date.now() < this.#pausedUntil) throw this.#wouldNotStart()
    let gone = (): void => undefined
    this.#whenGone = new Promise((resolve) => {
      gone = resolve
    })
    this.#spoken = false
    this.#lastHeard = Date.now()
    const host = new HostProcess(this.options, {
      onMessage: (message) => this.#hear(message),
      onExit: (exit) => {
        gone()
        this.#bury(host, exit)
      },
    })
    this.#host = host
    host.send({ type: 'configure', settings: this.settings })
    return host
  }

  #hear(message: FromHost): void {
    this.#lastHeard = Date.now()
    this.#spoken = true
    this.#failedStarts = 0
    if (message.type === 'ready' || message.type === 'beat') return
    if (message.type === 'memory') {
      this.#noteMemory(message.models)
      return
    }
    const pending = this.#pending.get(message.id)
    if (!pending) return
    if (message.type === 'event') pending.call.onEvent?.(message.event)
    else if (message.type === 'held') void this.#askAbout(message, pending)
    else if (message.type === 'token') pending.call.onToken?.(message.delta)
    else if (message.type === 'result') pending.settle({ result: message.result })
    else if (message.type === 'error') pending.settle({ error: TributaryError.fromReport(message.error) })
    else pending.settle({ error: pending.call.signal.reason ?? new Error('the host cancelled a call that was not cancelled') })
  }

  /** The answer of a person, sent back. A call that ended meanwhile has nothing to release. */
  async #askAbout({ id, held, reason }: Extract<FromHost, { type: 'held' }>, { call, settle }: Pending): Promise<void> {
    const asked = call.hold?.ask(held, reason) ?? Promise.resolve({ step: false })
    await asked.then(
      (answer) => this.#host?.send({ type: 'release', id, answer }),
      (error: unknown) => settle({ error }),
    )
  }

  #bury(host: HostProcess, exit: HostExit): void {
    if (this.#host !== host && this.#host !== undefined) return
    this.#noteMemory([])
    this.#host = undefined
    clearInterval(this.#watch)
    this.#watch = undefined
    if (!this.#spoken && ++this.#failedStarts >= maxFailedStarts) this.#pausedUntil = Date.now() + pauseMs
    for (const pending of [...this.#pending.values()]) pending.settle({ error: crashError(exit, pending.doing) })
  }

  #noteMemory(models: readonly ModelMemory[]): void {
    this.#memory = models
    const total = totalOf(models)
    for (const peak of this.#peaks) peak.bytes = Math.max(peak.bytes, total)
    this.onMemory(models)
  }

  #work(host: HostProcess): void {
    host.hold(true)
    if (this.#watch) return
    this.#lastHeard = Date.now()
    this.#watch = setInterval(() => {
      if (Date.now() - this.#lastHeard > silenceMs) host.kill()
    }, 1000)
  }

  #rest(): void {
    clearInterval(this.#watch)
    this.#watch = undefined
    this.#host?.hold(false)
    if (!this.#stopWhenIdle) return
    this.#stopWhenIdle = false
    void this.close()
  }

  #wouldNotStart(): TributaryError {
    return new TributaryError(
      'model-host-crashed',
      `The process that holds the models ended ${maxFailedStarts} times before it could start.`,
      {
        hint: 'Install the packages again (npm ci), then try again in ten seconds.',
      },
    )
  }
}

const totalOf = (models: readonly ModelMemory[]): number => models.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)

/** For an error: what was being done, with which model. */
function describeCall(method: HostMethod, args: unknown): string {
  const { model, models } = args as { model?: { ref: { name: string } }; models?: readonly { ref: { name: string } }[] }
  const names = [...(model ? [model] : []), ...(models ?? [])].map(({ ref }) => `"${ref.name}"`)
  return names.length > 0 ? `${method} with ${names.join(', ')}` : method
}
