import { type LaneSize, laneBytes, laneSize, type WantedSize } from '../../shared/context-memory/lane-memory'
import type { TokenEmbeddings } from '../decoding/source'
import type { ComputeLock } from './compute-lock'
import type { ComputeThreads } from './compute-threads'
import { Lane, type LaneOptions } from './lane'
import type { NativeModel } from './native-model'
import { assignSequences, type CachedSequence, reusable } from './sequence-cache'
import { Governors } from './thread-governor'
import type { ChatForm } from './wrappers'

/** A lane and what its sequences still hold from earlier calls. */
export interface IdleLane {
  readonly lane: Lane
  readonly cached: readonly CachedSequence[]
  readonly lastUsed: number
}

export interface LaneRequest extends WantedSize {
  readonly prompts: readonly (readonly number[])[]
  /** of logits in one evaluation at most, as far as is known */
  readonly rows: number
}

/** A lane for one call, with one sequence for each prompt: its id, and how many tokens of the prompt it holds already. */
export interface OpenedLane {
  readonly lane: Lane
  readonly starts: readonly { readonly sequence: number; readonly length: number }[]
  readonly freeSequences: number[]
}

/** Makes room in the memory budget for so many bytes, or throws `out-of-memory`. */
export type ReserveMemory = (bytes: number, what: string) => Promise<void>

/** How a call comes by memory: it reserves all that it needs, then says that it has it. */
export interface MemoryOfCall {
  readonly reserve: ReserveMemory
  readonly settled: () => void
}

/** More idle lanes than this are only dead weight: prompts rarely have more than a few beginnings. */
const maxIdleLanes = 4

export interface LoadedModelParts {
  readonly id: string
  readonly chat: ChatForm
  readonly native: NativeModel
  readonly contextTokens: number
  readonly threads: number
  /** both shared by all models of the process */
  readonly lock: ComputeLock
  readonly workers: ComputeThreads
}

/**
 * A model in memory and its lanes. A call takes a lane out and puts it back with what its sequences hold; the next call whose prompt
 * begins the same way continues there instead of reading the prompt again.
 */
export class LoadedModel {
  readonly governors: Governors
  readonly #idle: IdleLane[] = []
  readonly #busy = new Set<Lane>()
  readonly #onFree: (() => void)[] = []
  #clock = 0
  #otherBytes = 0
  leases = 0
  lastUsed = 0
  /** its file is gone: nobody will ask for it again */
  isForgotten = false
  /** of its file */
  embeddings: TokenEmbeddings | undefined

  readonly id: string
  readonly chat: ChatForm
  readonly native: NativeModel
  readonly contextTokens: number
  readonly threads: number
  readonly lock: ComputeLock
  readonly workers: ComputeThreads

  constructor({ id, chat, native, contextTokens, threads, lock, workers }: LoadedModelParts) {
    this.id = id
    this.chat = chat
    this.native = native
    this.contextTokens = contextTokens
    this.threads = threads
    this.lock = lock
    this.workers = workers
    this.governors = new Governors(threads)
  }

  get memoryBytes(): number {
    let bytes = this.native.sizeBytes + this.#otherBytes
    for (const { lane } of this.#idle) bytes += lane.memoryBytes
    for (const lane of this.#busy) bytes += lane.memoryBytes
    return bytes
  }

  /** Weights and the largest lane in use: with less than that no call gets on, however long it waits. */
  get neededBytes(): number {
    return this.native.sizeBytes + this.#otherBytes + Math.max(0, ...Array.from(this.#busy, (lane) => lane.memoryBytes))
  }

  /** Takes out the idle lane that suits the request best, if one does: give it to `openLane`, or back with `closeLane`. */
  takeLane(request: LaneRequest): IdleLane | undefined {
    const taken = this.#takeIdle(request)
    if (taken) this.#busy.add(taken.lane)
    return taken
  }

  /** What a new lane for this request would take. */
  laneBytes(request: LaneRequest): number {
    return laneBytes(this.#laneOptions(request))
  }

  /** On the lane that was taken out, or on a new one, for which there must be room. */
  async openLane(request: LaneRequest, taken: IdleLane | undefined): Promise<OpenedLane> {
    const lane = taken?.lane ?? (await Lane.create(this.#laneOptions(request)))
    this.#busy.add(lane)
    try {
      return this.#assign(lane, taken?.cached ?? [], request)
    } catch (error) {
      this.closeLane(lane, [])
      throw error
    }
  }

  /** Gives a lane back; `cached` is what its sequences hold, and must be true. */
  closeLane(lane: Lane, cached: readonly CachedSequence[]): void {
    this.#busy.delete(lane)
    this.#idle.push({ lane, cached, lastUsed: ++this.#clock })
    if (this.#idle.length > maxIdleLanes) this.dropIdleLane()
  }

  /** A lane that cannot be trusted any more is freed. */
  discardLane(lane: Lane): void {
    this.#busy.delete(lane)
    lane.free()
  }

  /** Frees the lane that was not used for longest. False: there is none to free. */
  dropIdleLane(): boolean {
    if (this.#idle.length === 0) return false
    const oldest = this.#idle.reduce((a, b) => (b.lastUsed < a.lastUsed ? b : a))
    this.#idle.splice(this.#idle.indexOf(oldest), 1)
    oldest.lane.free()
    return true
  }

  /** What else belongs to the model, what it takes, and how it goes before the weights do. */
  attach(bytes: number, release: () => void): void {
    this.#otherBytes += bytes
    this.#onFree.push(release)
  }

  /** Memory that one call takes on this model until it calls what this gives. */
  borrow(bytes: number): () => void {
    this.#otherBytes += bytes
    return () => {
      this.#otherBytes -= bytes
    }
  }

  free(): void {
    while (this.dropIdleLane());
    for (const release of this.#onFree.splice(0)) release()
    this.native.free()
  }

  /** The idle lane with most to reuse; when nothing is to be reused, the oldest one, unless there is room for one more. */
  #takeIdle(request: LaneRequest): IdleLane | undefined {
    const { prompts } = request
    const wanted = laneSize(request, this.native.numerics)
    const fitting = this.#idle.filter(({ lane }) => fits(lane, request, wanted))
    const gains = fitting.map((idle) => gainOf(prompts, idle.cached))
    const best = Math.max(0, ...gains)
    const roomForMore = this.#idle.length + this.#busy.size < maxIdleLanes
    if (best < 4 && roomForMore && this.#idle.every(({ cached }) => cached.length > 0)) return undefined
    const candidates = fitting.filter((_, i) => gains[i] === best)
    if (candidates.length === 0) return undefined
    const chosen = candidates.reduce((a, b) => (b.lastUsed < a.lastUsed ? b : a))
    this.#idle.splice(this.#idle.indexOf(chosen), 1)
    return chosen
  }

  #laneOptions(request: LaneRequest): LaneOptions {
    return {
      model: this.native,
      ...laneSize(request, this.native.numerics),
      rows: request.rows,
      threads: this.threads,
      governors: this.governors,
      lock: this.lock,
      workers: this.workers,
    }
  }

  #assign(lane: Lane, cached: readonly CachedSequence[], { prompts }: LaneRequest): OpenedLane {
    const assigned = assignSequences(prompts, cached, this.native.canTruncate, lane.streams === 1)
    const kept = new Set(assigned.flatMap((a) => (a.kind === 'keep' ? [a.id] : [])))
    for (const { id } of cached) if (!kept.has(id)) lane.truncate(id, 0)
    const freeSequences = Array.from({ length: lane.sequences }, (_, id) => id).filter((id) => !kept.has(id))
    const starts = assigned.map((a) => {
      if (a.kind === 'keep') return { sequence: a.id, length: a.length }
      const sequence = freeSequences.shift() as number
      if (a.kind === 'fresh') return { sequence, length: 0 }
      lane.copy(a.from, sequence, a.length)
      return { sequence, length: a.length }
    })
    for (const a of assigned) if (a.kind === 'keep') lane.truncate(a.id, a.length)
    return { lane, starts, freeSequences }
  }
}

const fits = ({ cells, sequences, streams }: Lane, request: LaneRequest, wanted: LaneSize): boolean =>
  wanted.streams > 1
    ? streams >= wanted.streams && cells / streams >= wanted.cells / wanted.streams
    : streams === 1 && cells >= request.cells && sequences >= request.sequences

/** Tokens that a lane would save these prompts. */
const gainOf = (prompts: readonly (readonly number[])[], cached: readonly CachedSequence[]): number =>
  prompts.reduce((sum, prompt) => sum + Math.max(0, ...cached.map(({ tokens }) => reusable(prompt, tokens))), 0)
