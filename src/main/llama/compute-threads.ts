import type { Binding } from './binding'
import { allowedProcessors } from './machine'
import type { Pointer } from './native-types'

/**
 * How long a thread that waits for the next computation does so actively before it sleeps, in ggml's unit: one is 131,072 pauses of the processor, a few
 * milliseconds. That is longer than what is done between two tokens, and shorter than anybody would notice a busy core.
 */
const pollLevel = 1

/**
 * The threads that compute, kept from one computation to the next. Left alone, llama.cpp starts its threads anew for every decode and lets them end
 * with it: on two cores that costs a twentieth of a small decode. One computation at a time (`compute-lock.ts`) may use them, of whatever context.
 *
 * Where they are as many as the processors, each keeps to its own. They wait for each other actively after every operation; when another program takes
 * a core and the system puts two of them on the one that is left, each wait lasts as long as the other's turn, and a decode of 8 ms takes seconds.
 */
export class ComputeThreads {
  #pool: Pointer = null
  readonly #processors: readonly number[]
  readonly #hasPlaces: boolean
  /** the main thread keeps to its place */
  #isPlaced = false

  constructor(
    readonly binding: Binding,
    readonly count: number,
    allowed = allowedProcessors(),
  ) {
    this.#processors = allowed
    this.#hasPlaces = allowed.length === count
  }

  /** For the next computation of a context: so many threads of the kept ones, or the calling thread alone, which then may run where there is room. */
  assign(context: Pointer, threads: number): void {
    const { binding } = this
    binding.llama_set_n_threads(context, threads, threads)
    if (threads > 1) binding.llama_attach_threadpool(context, this.#kept(), this.#kept())
    else binding.llama_detach_threadpool(context)
    this.place(threads)
  }

  /** Ends the threads. No context that they were given to may compute afterwards. */
  free(): void {
    if (this.#pool !== null) this.binding.freeThreadPool(this.#pool)
    this.#pool = null
  }

  /** Moves the calling thread to its place where it computes with others, else lets it run where there is room. */
  place(threads: number): void {
    const isPlaced = threads > 1
    if (!this.#hasPlaces || isPlaced === this.#isPlaced) return
    this.#isPlaced = isPlaced
    this.binding.placeThread(isPlaced ? this.#processors.slice(-1) : this.#processors)
  }

  /** ggml gives the last place to the thread that asks for a computation. */
  #kept(): Pointer {
    if (this.#pool !== null) return this.#pool
    const params = { ...this.binding.threadPoolParams(this.count), poll: pollLevel }
    if (this.#hasPlaces) for (const processor of this.#processors) params.cpumask[processor] = true
    this.#pool = this.binding.newThreadPool({ ...params, strict_cpu: this.#hasPlaces })
    return this.#pool
  }
}
