import { statSync } from 'node:fs'
import { TributaryError } from '../../shared/errors'
import type { HostSettings, ModelFile } from '../models/host-protocol'
import type { ModelEvent } from '../models/model'
import type { Binding } from './binding'
import { ComputeLock } from './compute-lock'
import type { LoadedLibraries } from './libraries'
import { LoadedModel } from './loaded-model'
import { memoryBudget, physicalCores } from './machine'
import { NativeModel } from './native-model'

/** Checks a file before any library sees it; throws `model-corrupt` and its kin. `fingerprint` identifies the vocabulary. */
export type InspectFile = (path: string) => Promise<{
  readonly fingerprint: string
  readonly layers: number
  readonly hasFloatWeights: boolean
}>

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
  /** Makes room for more memory of this call, evicting idle models and lanes. */
  reserve(bytes: number, what: string): Promise<void>
  release(): void
}

/**
 * All models in memory, under one budget. A call leases all its models at once and before anything is loaded, so two calls never wait for
 * each other's models; what is not leased is evicted, least recently used first, when memory is needed.
 */
export class ModelStore {
  readonly lock = new ComputeLock()
  readonly threads: number
  readonly budgetBytes: number
  readonly #models = new Map<string, LoadedModel>()
  #clock = 0
  #queue: Promise<unknown> = Promise.resolve()
  #waiters: (() => void)[] = []

  constructor(
    readonly libraries: LoadedLibraries,
    readonly binding: Binding,
    readonly settings: HostSettings,
    readonly inspect: InspectFile,
    /** told the ids of all models in memory whenever that changes */
    readonly onLoaded: (ids: readonly string[]) => void = () => undefined,
  ) {
    this.threads = settings.threads > 0 ? settings.threads : physicalCores()
    this.budgetBytes = settings.memoryBytes > 0 ? settings.memoryBytes : memoryBudget()
  }

  get memoryBytes(): number {
    let bytes = 0
    for (const model of this.#models.values()) bytes += model.memoryBytes
    return bytes
  }

  get models(): readonly LoadedModel[] {
    return [...this.#models.values()]
  }

  /** Loads what is missing and leases all. First come, first served; who finds all models in memory need not queue. */
  async lease(files: readonly ModelFile[], call: StoreCall): Promise<ModelLease> {
    const asked = performance.now()
    if (files.every(({ ref }) => this.#models.has(ref.id))) return this.#leaseNow(files, call, asked)
    const turn = this.#queue.then(() => this.#leaseNow(files, call, asked))
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  free(): void {
    for (const model of this.#models.values()) model.free()
    this.#models.clear()
  }

  async #leaseNow(files: readonly ModelFile[], call: StoreCall, asked: number): Promise<ModelLease> {
    call.signal.throwIfAborted()
    const began = performance.now()
    const held: LoadedModel[] = []
    const release = (): void => {
      for (const model of held.splice(0)) model.leases--
      for (const wake of this.#waiters.splice(0)) wake()
    }
    try {
      for (const file of files) {
        const model = this.#models.get(file.ref.id)
        if (model && !held.includes(model)) this.#hold(model, held)
      }
      let loadMs = 0
      for (const file of files) {
        if (this.#models.has(file.ref.id)) continue
        const started = performance.now()
        this.#hold(await this.#load(file, call), held)
        loadMs += performance.now() - started
      }
      return {
        loadMs,
        waitMs: began - asked,
        model: (id) => this.#leased(id),
        reserve: (bytes, what) => this.#reserve(bytes, what, call.signal, false),
        release,
      }
    } catch (error) {
      release()
      throw error
    }
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

  async #load(file: ModelFile, call: StoreCall): Promise<LoadedModel> {
    const { ref, path } = file
    const { fingerprint, layers, hasFloatWeights } = await this.inspect(path)
    const sizeBytes = statSync(path).size
    await this.#reserve(sizeBytes, `the model "${ref.name}"`, call.signal, true)
    const started = performance.now()
    call.onEvent({ type: 'load-start', model: ref.name, sizeBytes })
    const native = await NativeModel.load(this.binding, {
      path,
      name: ref.name,
      fingerprint,
      hasFloatWeights,
      gpuLayers: await this.#gpuLayers(sizeBytes, layers),
      signal: call.signal,
      onProgress: progressOf(ref.name, call),
      recentLog: this.libraries.recentLog,
    })
    const contextTokens = Math.min(native.contextTokens, this.settings.contextTokens)
    const threads = this.settings.threads === 0 && sizeBytes < oneThreadBytes ? 1 : this.threads
    const model = new LoadedModel(ref.id, native, contextTokens, threads, this.lock)
    this.#models.set(ref.id, model)
    this.onLoaded([...this.#models.keys()])
    call.onEvent({ type: 'load-end', model: ref.name, ms: performance.now() - started, memoryBytes: native.sizeBytes })
    return model
  }

  /** Evicts until `bytes` fit: idle lanes of the least recently used models first, then whole models. */
  async #reserve(bytes: number, what: string, signal: AbortSignal, mayWait: boolean): Promise<void> {
    while (this.memoryBytes + bytes > this.budgetBytes) {
      signal.throwIfAborted()
      if (this.#evictOne()) continue
      const othersWork = this.models.some((model) => model.busyLanes > 0)
      if (!mayWait || !othersWork) throw this.#doesNotFit(bytes, what)
      await this.#nextRelease(signal)
    }
  }

  #evictOne(): boolean {
    const byAge = this.models.toSorted((a, b) => a.lastUsed - b.lastUsed)
    if (byAge.some((model) => model.dropIdleLane())) return true
    const idle = byAge.find((model) => model.leases === 0)
    if (!idle) return false
    this.#models.delete(idle.id)
    idle.free()
    this.onLoaded([...this.#models.keys()])
    return true
  }

  #nextRelease(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  #doesNotFit(bytes: number, what: string): TributaryError {
    const [needed, used, budget] = [bytes, this.memoryBytes, this.budgetBytes].map(inUnits)
    return new TributaryError(
      'out-of-memory',
      `There is no room for ${what}: it needs ${needed}, ${used} of ${budget} are in use by models of running nodes.`,
      { hint: 'Use a smaller model or a smaller context, or raise the memory limit in the settings.', details: { bytes } },
    )
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

const inUnits = (bytes: number): string => (bytes < 2 ** 30 ? `${Math.ceil(bytes / 2 ** 20)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`)

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
