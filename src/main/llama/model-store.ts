import { vocabularyBytes } from '../../shared/context-memory/cache'
import type { ModelShape } from '../../shared/context-memory/model-shape'
import { TributaryError } from '../../shared/errors'
import type { TokenEmbeddings } from '../decoding/source'
import { expertsOf, fileIdOf } from '../models/expert-variants'
import type { HostSettings, ModelFile, ModelMemory } from '../models/host-protocol'
import type { DecodeProgram, ModelEvent } from '../models/model'
import type { Binding } from './binding'
import { ComputeLock } from './compute-lock'
import { ComputeThreads } from './compute-threads'
import type { LoadedLibraries } from './libraries'
import { LoadedModel } from './loaded-model'
import { memoryBudget, physicalCores } from './machine'
import { type Borrower, MemoryLedger } from './memory-ledger'
import { MemoryTold } from './memory-told'
import { NativeModel } from './native-model'
import { planDecoding } from './plan-decoding'
import { gramBytes, planTap } from './plan-tap'
import type { ChatForm } from './wrappers'

/** Checks a file before any library sees it; throws `model-corrupt` and its kin. `fingerprint` identifies the vocabulary. */
export type InspectFile = (path: string) => Promise<
  ModelShape & {
    readonly fingerprint: string
    readonly layers: number
    readonly sizeBytes: number
    /** at most; as many as the file says that it was trained for */
    readonly contextTokens: number
    /** its chat template, and the built-in form that its vocabulary was made for */
    readonly chat: ChatForm
    /** its table of input embeddings, read from the file on demand */
    readonly embeddings: TokenEmbeddings | undefined
  }
>

/** Below this, threads would spend more time waiting for each other at each operation than computing, above all on a busy machine. */
const oneThreadBytes = 16 * 2 ** 20

export interface StoreCall {
  readonly signal: AbortSignal
  readonly onEvent: (event: ModelEvent) => void
}

/** Models that a call uses; none of them is evicted before `release`. */
export interface ModelLease {
  readonly loadMs: number
  readonly waitMs: number
  model(id: string): LoadedModel
  /** what this call may take beside its models' weights, if everything else made room */
  readonly roomBytes: number
  /** Makes room for more memory of this call: evicts what is idle, and waits for other calls where that is not enough. */
  reserve(bytes: number, what: string): Promise<void>
  /** The call has all the memory that it needs: the next one may come in. */
  settled(): void
  release(): void
}

/**
 * All models in memory, under one budget. A call leases all its models at once and takes all its lanes at once, one call after the other
 * (`memory-ledger.ts`); what is not leased is evicted, least recently used first, when memory is needed.
 */
export class ModelStore {
  readonly lock = new ComputeLock()
  readonly workers: ComputeThreads
  readonly threads: number
  readonly budgetBytes: number
  readonly #models = new Map<string, LoadedModel>()
  readonly #ledger: MemoryLedger
  readonly #told: MemoryTold
  #clock = 0

  constructor(
    readonly libraries: LoadedLibraries,
    readonly binding: Binding,
    readonly settings: HostSettings,
    readonly inspect: InspectFile,
    /** told what all models take whenever that changes (`memory-told.ts`) */
    onMemory: (models: readonly ModelMemory[]) => void = () => undefined,
  ) {
    this.#told = new MemoryTold(onMemory)
    this.threads = settings.threads > 0 ? settings.threads : physicalCores()
    this.workers = new ComputeThreads(binding, this.threads)
    this.budgetBytes = settings.memoryBytes > 0 ? settings.memoryBytes : memoryBudget()
    this.#ledger = new MemoryLedger({
      budgetBytes: this.budgetBytes,
      usedBytes: () => this.memoryBytes,
      evictOne: () => this.#evictOne(),
    })
  }

  get memoryBytes(): number {
    let bytes = 0
    for (const model of this.#models.values()) bytes += model.memoryBytes
    return bytes
  }

  get models(): readonly LoadedModel[] {
    return [...this.#models.values()]
  }

  /** Loads what is missing and leases all. `opensLanes`: the call will take more memory; else one that finds all its models there need not queue. */
  async lease(files: readonly ModelFile[], call: StoreCall, opensLanes = true): Promise<ModelLease> {
    call.signal.throwIfAborted()
    const asked = performance.now()
    const isThere = files.every(({ ref }) => this.#models.has(ref.id))
    const endTurn = isThere && !opensLanes ? () => undefined : await this.#ledger.takeTurn(call.signal)
    const began = performance.now()
    const held: LoadedModel[] = []
    const borrower = { ownBytes: () => held.reduce((sum, model) => sum + model.native.sizeBytes, 0) }
    this.#ledger.enter(borrower)
    const release = (): void => {
      for (const model of held.splice(0)) model.leases--
      this.#dropForgotten()
      endTurn()
      this.#ledger.leave(borrower)
      this.#tell()
    }
    const reserve = (bytes: number, what: string) => this.#ledger.reserve(borrower, bytes, what, call.signal)
    const settled = (): void => {
      this.#ledger.arrived(borrower)
      endTurn()
      this.#tell()
    }
    try {
      const loadMs = await this.#leaseAll(files, call, held, borrower)
      if (!opensLanes) endTurn()
      const roomBytes = this.budgetBytes - borrower.ownBytes()
      return { loadMs, waitMs: began - asked, roomBytes, model: (id) => this.#leased(id), reserve, settled, release }
    } catch (error) {
      release()
      throw error
    }
  }

  /** Refuses programs of which one's models and contexts can never fit together, before anything is loaded. Throws `out-of-memory`. */
  async plan(files: readonly ModelFile[], programs: readonly Pick<DecodeProgram, 'expression' | 'drafter' | 'maxTokens'>[]): Promise<void> {
    const outlines = await Promise.all(files.map(async ({ ref, path }) => ({ id: ref.id, name: ref.name, ...(await this.inspect(path)) })))
    const { contextTokens } = this.settings
    const limits = { contextTokens, budgetBytes: this.budgetBytes, onCpu: this.libraries.llama.gpu === false }
    for (const program of programs) planDecoding(outlines, program, limits)
  }

  /** Refuses to look into a model where its weights and that can never fit together. Throws `out-of-memory`. */
  async planTap({ ref, path }: ModelFile, gramWidth: number): Promise<void> {
    const seen = await this.inspect(path)
    const sums = gramBytes({ ...seen, feedForward: seen.feedForward ?? Infinity }, gramWidth)
    planTap({ name: ref.name, ...seen }, sums, this.budgetBytes)
  }

  /** The model of a file that is going away, in all its variants, leaves as soon as no call uses it. */
  forget(id: string): undefined {
    for (const model of this.models) if (fileIdOf(model.id) === id) model.isForgotten = true
    this.#dropForgotten()
    this.#tell()
  }

  free(): void {
    for (const model of this.#models.values()) model.free()
    this.#models.clear()
    this.workers.free()
  }

  /** First what is there, so that loading the rest does not evict it. Returns the milliseconds of loading. */
  async #leaseAll(files: readonly ModelFile[], call: StoreCall, held: LoadedModel[], borrower: Borrower): Promise<number> {
    for (const file of files) {
      const model = this.#models.get(file.ref.id)
      if (model && !held.includes(model)) this.#hold(model, held)
    }
    let loadMs = 0
    for (const file of files) {
      if (this.#models.has(file.ref.id)) continue
      const started = performance.now()
      this.#hold(await this.#load(file, call, borrower), held)
      this.#ledger.arrived(borrower)
      loadMs += performance.now() - started
    }
    return loadMs
  }

  #hold(model: LoadedModel, held: LoadedModel[]): void {
    model.leases++
    model.lastUsed = ++this.#clock
    held.push(model)
  }

  #leased(id: string): LoadedModel {
    const model = this.#models.get(id)
    if (!model) throw new TributaryError('model-missing', `The model ${id} is not among those of this call.`)
    return model
  }

  #tell(): void {
    this.#told.update(this.models)
  }

  async #load(file: ModelFile, call: StoreCall, borrower: Borrower): Promise<LoadedModel> {
    const { ref, path } = file
    const { fingerprint, layers, hasFloatWeights, architecture, embeddings, chat, sizeBytes, ...seen } = await this.inspect(path)
    const tables = vocabularyBytes(seen.vocabularySize, seen.hasMerges)
    await this.#ledger.reserve(borrower, sizeBytes + tables, `the model "${ref.name}"`, call.signal)
    const started = performance.now()
    call.onEvent({ type: 'load-start', model: ref.name, sizeBytes })
    const native = await NativeModel.load(this.binding, {
      path,
      name: ref.name,
      fingerprint,
      hasFloatWeights,
      overrides: overridesOf(ref.id, architecture),
      gpuLayers: await this.#gpuLayers(sizeBytes, layers),
      signal: call.signal,
      onProgress: progressOf(ref.name, call),
      recentLog: this.libraries.recentLog,
    })
    const contextTokens = Math.min(native.contextTokens, this.settings.contextTokens)
    const threads = this.settings.threads === 0 && sizeBytes < oneThreadBytes ? 1 : this.threads
    const model = new LoadedModel({ id: ref.id, native, chat, contextTokens, threads, lock: this.lock, workers: this.workers })
    model.embeddings = embeddings && (isHash(ref.id) ? { ...embeddings, key: fileIdOf(ref.id) } : embeddings)
    this.#models.set(ref.id, model)
    this.#tell()
    call.onEvent({ type: 'load-end', model: ref.name, ms: performance.now() - started, memoryBytes: native.sizeBytes })
    return model
  }

  /** Idle lanes of the least recently used models first, then whole models. */
  #evictOne(): boolean {
    const byAge = this.models.toSorted((a, b) => a.lastUsed - b.lastUsed)
    if (byAge.some((model) => model.dropIdleLane())) return true
    const idle = byAge.find((model) => model.leases === 0)
    if (!idle) return false
    this.#drop(idle)
    this.#tell()
    return true
  }

  #dropForgotten(): void {
    for (const model of this.models) if (model.isForgotten && model.leases === 0) this.#drop(model)
  }

  #drop(model: LoadedModel): void {
    this.#models.delete(model.id)
    model.free()
  }

  async #gpuLayers(sizeBytes: number, layers: number): Promise<number> {
    const { llama } = this.libraries
    if (llama.gpu === false) return 0
    if (this.settings.gpuLayers !== 'auto') return this.settings.gpuLayers
    const { free } = await llama.getVramState()
    const usable = 0.9 * free - 512 * 2 ** 20
    return usable >= 1.1 * sizeBytes ? -1 : Math.max(0, Math.floor((usable / (1.1 * sizeBytes)) * layers))
  }
}

/** The library names files by their SHA-256. */
const isHash = (id: string): boolean => /^[0-9a-f]{64}$/.test(fileIdOf(id))

/** At most ten events a second, and the last one. */
function progressOf(model: string, call: StoreCall): (fraction: number) => void {
  let last = Number.NEGATIVE_INFINITY
  return (fraction) => {
    const now = performance.now()
    if (fraction < 1 && now - last < 100) return
    last = now
    call.onEvent({ type: 'load-progress', model, fraction })
  }
}

/** Numbers of the file's metadata that this load takes otherwise. */
function overridesOf(id: string, architecture: string): Readonly<Record<string, number>> {
  const experts = expertsOf(id)
  return experts === undefined ? {} : { [`${architecture}.expert_used_count`]: experts }
}
