import { laneBytes, mostRows } from '../../shared/context-memory/lane-memory'
import { TributaryError } from '../../shared/errors'
import { AbortFlag } from './abort-flag'
import { Batch } from './batch'
import { breathe, type ComputeLock } from './compute-lock'
import type { ComputeThreads } from './compute-threads'
import { nextStretch } from './equal-stretches'
import type { NativeModel } from './native-model'
import type { ContextParams, Pointer } from './native-types'
import type { Governors } from './thread-governor'

export interface LaneOptions {
  readonly model: NativeModel
  /** tokens that all sequences hold together at most */
  readonly cells: number
  readonly sequences: number
  /** parts of the cache: 1, or one for each sequence, which then holds at most its share of the cells */
  readonly streams: number
  /** of logits that one evaluation is expected to ask for at most; a larger one is read too, and counted then */
  readonly rows: number
  readonly threads: number
  readonly governors: Governors
  readonly lock: ComputeLock
  readonly workers: ComputeThreads
  readonly params?: Partial<ContextParams>
}

/** Tokens to append to one sequence, and buffers for the logits after the last `rows.length` of them. */
export interface LaneEntry {
  readonly sequence: number
  readonly start: number
  readonly tokens: readonly number[]
  readonly rows: readonly Float32Array[]
  /** where the tokens are a tree: for each its place after `start` and the sequences that it belongs to, at least one */
  readonly branching?: readonly { readonly depth: number; readonly sequences: readonly number[] }[]
}

export interface LaneCall {
  readonly signal: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

const smallTokens = 16
/** A decode that is expected to take longer runs on another thread, so that messages and heartbeats go on. Others save that thread's millisecond. */
const longMs = 40

/**
 * One llama_context: a cache of `cells` tokens for some sequences. Nothing here knows prompts or programs. A lane is used by one call
 * at a time. A cache in one part lets sequences share cells, so a copy of a prefix costs nothing; a lane of its own for each call keeps the
 * attention of one call from reading over the cells of another. A part for each sequence keeps the cells of each together: tokens that take turns in
 * one part lie in turn there, too, and reading every other cell of 4,000 takes 1.6 times as long (SmolLM2, two sequences).
 */
export class Lane {
  readonly cells: number
  readonly sequences: number
  readonly streams: number
  readonly #binding
  readonly #memory: Pointer
  readonly #batch: Batch
  readonly #rowBytes: number
  readonly #maxRows: number
  /** the most that one batch has asked for */
  #rows: number
  /** milliseconds of the last small decode; unknown at first, so the first one runs on another thread */
  #smallMs = Number.POSITIVE_INFINITY
  /** of its last computation */
  #threads = 0

  private constructor(
    readonly options: LaneOptions,
    readonly pointer: Pointer,
    readonly abort: AbortFlag,
  ) {
    const { model } = options
    this.#binding = model.binding
    this.#memory = model.binding.llama_get_memory(pointer)
    this.cells = options.cells
    this.sequences = options.sequences
    this.streams = options.streams
    this.#batch = new Batch(model.numerics.batchTokens, options.sequences)
    this.#rowBytes = 4 * model.vocabulary.size
    this.#maxRows = mostRows(options)
    this.#rows = options.rows
  }

  /** what it takes now; llama.cpp's buffer for rows grows with the largest batch */
  get memoryBytes(): number {
    return laneBytes({ ...this.options, rows: this.#rows })
  }

  static async create(options: LaneOptions): Promise<Lane> {
    const { binding } = options.model
    const abort = new AbortFlag(binding)
    const params = { ...binding.llama_context_default_params(), ...laneParams(options, abort), ...options.params }
    const pointer = await new Promise<Pointer>((resolve, reject) =>
      binding.llama_init_from_model.async(options.model.pointer, params, (error, result) => (error ? reject(error) : resolve(result))),
    )
    if (pointer !== null) return new Lane(options, pointer, abort)
    throw new TributaryError('out-of-memory', `There is no memory for a context of ${options.cells} tokens of "${options.model.name}".`, {
      hint: 'Choose a smaller context or fewer tokens, or a smaller model.',
      details: { cells: options.cells, estimatedBytes: laneBytes(options) },
    })
  }

  /** Appends the tokens of all entries and copies the rows; in one batch where they fit. When it throws, sequences may have grown: cut them back. */
  async evaluate(entries: readonly LaneEntry[], call: LaneCall): Promise<void> {
    const batch = this.#batch
    batch.clear()
    if (this.streams > 1) return this.#evaluateApart(entries, call)
    const total = entries.reduce((sum, entry) => sum + entry.tokens.length, 0)
    let done = 0
    const mindsAlone = !this.options.model.numerics.isExact
    for (const { sequence, start, tokens, rows, branching } of entries) {
      const firstRow = tokens.length - rows.length
      for (let i = 0; i < tokens.length; i++) {
        const row = i < firstRow ? undefined : rows[i - firstRow]
        const lastAlone = mindsAlone && batch.length === batch.capacity - 1 && total - done - batch.length === 2
        if (batch.isFull || lastAlone || (row && batch.rowTargets.length === this.#maxRows)) {
          done += batch.length
          await this.#flush(call.signal)
          call.onProgress?.(done, total)
        }
        const place = branching?.[i]
        batch.add(tokens[i] as number, start + (place?.depth ?? i), place?.sequences[0] ?? sequence, row)
        if (place !== undefined && place.sequences.length > 1) batch.share(place.sequences.slice(1))
      }
    }
    const several = done > 0
    await this.#flush(call.signal)
    if (several) call.onProgress?.(total, total)
  }

  /**
   * llama.cpp reads parts of the cache in one go only where they come in their order and read as many tokens each; where some are missing between two of
   * them, these go through in turn. So no part reads a token alone, or computes an output alone, where that would take other code.
   */
  async #evaluateApart(entries: readonly LaneEntry[], call: LaneCall): Promise<void> {
    const { batchTokens, pairsLoneTokens } = this.options.model.numerics
    const least = pairsLoneTokens ? 2 : 1
    const batch = this.#batch
    let left = entries.map((entry) => ({ ...entry, done: 0 })).sort((a, b) => a.sequence - b.sequence)
    const total = left.reduce((sum, { tokens }) => sum + tokens.length, 0)
    for (let done = 0, batches = 0; left.length > 0; ) {
      const stretches = left.map((entry) => ({
        pending: entry.tokens.length - entry.done,
        room: this.cells / this.streams - entry.start - entry.done,
        rows: Math.min(entry.rows.length, entry.tokens.length - entry.done),
      }))
      const width = nextStretch(stretches, { tokens: batchTokens, rows: this.#maxRows, least })
      for (const { sequence, start, tokens, rows, done: from } of left) {
        const end = Math.min(tokens.length, from + width)
        const firstRow = Math.max(from, tokens.length - rows.length)
        const beside = pairsLoneTokens && end - firstRow === 1 ? (firstRow > from ? firstRow - 1 : firstRow + 1) : undefined
        for (let i = from; i < from + width; i++) {
          const row = i < end ? rows[i - tokens.length + rows.length] : undefined
          batch.add(tokens[Math.min(i, end - 1)] as number, start + i, sequence, row, row !== undefined || i === beside)
        }
      }
      await this.#flush(call.signal)
      for (const entry of left) {
        const { sequence, start, tokens } = entry
        done += Math.min(width, tokens.length - entry.done)
        entry.done += width
        if (entry.done > tokens.length) this.truncate(sequence, start + tokens.length)
      }
      if (batches++ > 0 || done < total) call.onProgress?.(done, total)
      left = left.filter((entry) => entry.done < entry.tokens.length)
    }
  }

  /** Forgets all tokens of a sequence from a length on. False: this kind of cache cannot be cut there (then nothing happened). */
  truncate(sequence: number, length: number): boolean {
    return this.#binding.llama_memory_seq_rm(this.#memory, sequence, length, -1)
  }

  /** Lets `target` hold the first `length` tokens of `source` too; `target` must be empty, and the cache in one part. */
  copy(source: number, target: number, length: number): void {
    this.#binding.llama_memory_seq_cp(this.#memory, source, target, 0, length)
  }

  clear(): void {
    if (this.#memory !== null) this.#binding.llama_memory_clear(this.#memory, false)
  }

  free(): void {
    this.#binding.llama_free(this.pointer)
  }

  async #flush(signal: AbortSignal): Promise<void> {
    const batch = this.#batch
    if (batch.length === 0) return
    const { pairsLoneTokens } = this.options.model.numerics
    const companion = batch.length === 1 && pairsLoneTokens ? batch.repeatLast() : undefined
    if (pairsLoneTokens) batch.pairLoneOutput()
    this.#rows = Math.max(this.#rows, batch.rowTargets.length)
    await breathe()
    signal.throwIfAborted()
    try {
      const running = this.options.lock.run(() => this.#decode())
      const status = running instanceof Promise ? await this.#abortable(running, signal) : running
      if (status !== 0) this.#fail(status, signal)
      this.#copyRows()
      if (companion) this.truncate(companion.sequence, companion.position)
    } finally {
      batch.clear()
    }
  }

  /** While this thread computes no signal can abort; elsewhere it raises the flag that llama.cpp looks at. */
  async #abortable(running: Promise<number>, signal: AbortSignal): Promise<number> {
    const raise = (): void => this.abort.raise()
    signal.addEventListener('abort', raise)
    try {
      return await running
    } finally {
      signal.removeEventListener('abort', raise)
      this.abort.lower()
    }
  }

  /** The status of llama_decode. */
  #decode(): number | Promise<number> {
    const { native } = this.#batch
    const tokens = native.n_tokens
    const isSmall = tokens <= smallTokens
    const governor = this.options.governors[isSmall ? 'small' : 'large']
    const started = performance.now()
    const threads = governor.choose(started)
    this.#assign(threads)
    const done = (): void => {
      const now = performance.now()
      const ms = now - started
      this.#smallMs = ms / Math.max(1, tokens / smallTokens)
      governor.record({ threads, ms, tokens }, now)
    }
    if (isSmall && this.#smallMs < longMs) {
      const status = this.#binding.llama_decode(this.pointer, native)
      done()
      return status
    }
    return new Promise<number>((resolve, reject) =>
      this.#binding.llama_decode.async(this.pointer, native, (error, status) => {
        done()
        if (error) reject(error)
        else resolve(status)
      }),
    )
  }

  /** llama.cpp is told when the threads change; where they run is looked at each time, because other lanes have computed meanwhile. */
  #assign(threads: number): void {
    if (threads === this.#threads) this.options.workers.place(threads)
    else this.options.workers.assign(this.pointer, threads)
    this.#threads = threads
  }

  #copyRows(): void {
    const { rowIndices, rowTargets } = this.#batch
    for (let i = 0; i < rowIndices.length; i++) {
      const logits = this.#binding.llama_get_logits_ith(this.pointer, rowIndices[i] as number)
      if (logits === null) throw new Error(`llama.cpp gave no logits for row ${i}`)
      this.#binding.copyMemory(rowTargets[i] as Float32Array, logits, this.#rowBytes)
    }
  }

  #fail(status: number, signal: AbortSignal): never {
    signal.throwIfAborted()
    const { model, cells } = this.options
    if (status === 1)
      throw new TributaryError('out-of-memory', `The context of "${model.name}" (${cells} tokens for all sequences) is full.`, {
        hint: 'Ask for fewer tokens or fewer branches.',
      })
    throw new TributaryError('model-unsupported', `llama.cpp could not evaluate a batch of "${model.name}" (code ${status}).`, {
      hint: 'The model file may be damaged in a way that only shows while it runs; verify it, or try another file.',
    })
  }
}

function laneParams(options: LaneOptions, abort: AbortFlag): Partial<ContextParams> {
  return {
    n_ctx: options.cells,
    n_batch: options.model.numerics.batchTokens,
    n_ubatch: options.model.numerics.batchTokens,
    n_seq_max: options.sequences,
    n_outputs_max: mostRows(options),
    n_threads: options.threads,
    n_threads_batch: options.threads,
    kv_unified: options.streams === 1,
    ...options.model.numerics.params,
    abort_callback: abort.callback,
    abort_callback_data: abort.data,
  }
}
