import type { Settings } from '../shared/api'
import { TributaryError } from '../shared/errors'
import type { GraphDocument, ModelAlias } from '../shared/graph/document'
import { leastMemory } from '../shared/graph/memory'
import { canonicalJson } from '../shared/json'
import type { ModelRef } from '../shared/value'
import { storedFrom } from './api/settings-schema'
import type { ModelAccess } from './executor'
import type { DeviceChoice, HostSettings, ModelMemory } from './models/host-protocol'
import { learnMemory, memoryMeasured } from './models/learn-memory'
import { askFirst, isKnown } from './models/library/acquaintance'
import { asError, openRef, type Resolution, resolveAlias } from './models/library/resolve'
import type { Shelf, ShelfModel } from './models/library/shelf'
import type { RemoteServer } from './models/openai-compatible'
import type { OwnedModelPool } from './models/pool'
import type { Store } from './store'

export interface ModelAccessOptions {
  readonly shelf: Shelf
  readonly store: Store
  readonly settings: () => Pick<Settings, 'device' | 'threads' | 'memoryBudgetBytes' | 'gpuLayers'>
}

/** Between the shelf, the settings and whoever needs a model: aliases become references, references become paths, memory becomes a yes or no. */
export function createModelAccess({ shelf, store, settings }: ModelAccessOptions) {
  const resolved = new Map<string, Resolution>()
  const device = (): string => settings().device
  const measured = learnMemory(store.measurements, device)

  return {
    /** Looks up all aliases of a document, so that the executor's questions have immediate answers. */
    async prepare(document: Pick<GraphDocument, 'models'>): Promise<void> {
      for (const [name, alias] of Object.entries(document.models))
        resolved.set(canonicalJson(alias), await resolveAlias(shelf, alias, name))
    },
    /** All models of a document that nobody has accepted yet, in one question before anything runs. Throws `model-unknown`. */
    askFirst: (document: Pick<GraphDocument, 'models'>): void => {
      const strangers = strangersOf(document)
      if (strangers.length > 0) throw askFirst(strangers)
    },
    strangersOf,
    isStranger,
    path: async (ref: ModelRef): Promise<{ path: string }> => {
      const { path } = await openRef(shelf, ref)
      shelf.markUsed(ref.id)
      return { path }
    },
    /** for llama.cpp, which loads no checkpoints */
    runnable: async (ref: ModelRef): Promise<{ path: string }> => {
      const model = await openRef(shelf, ref)
      if (isStranger(model)) throw askFirst([model])
      shelf.markUsed(ref.id)
      return { path: await shelf.runnable(model) }
    },
    hostSettings: (): Partial<HostSettings> => ({
      device: settings().device as DeviceChoice,
      threads: settings().threads,
      gpuLayers: settings().gpuLayers < 0 ? 'auto' : settings().gpuLayers,
      memoryBytes: settings().memoryBudgetBytes,
      acceptedTemplates: store.accepted.list('template'),
    }),
    servers: (): readonly RemoteServer[] =>
      storedFrom(store.settings.all()).backends.map(({ id, url, name, keyVariable }) => {
        const key = keyVariable === undefined ? undefined : process.env[keyVariable]
        return { id, url, name, ...(key ? { key } : {}) }
      }),
    device,
    noteLoad: (ref: ModelRef, { ms }: { ms: number; memoryBytes: number }) => measured.loaded(ref.id, ms),
    /** candidates of a search live for a minute: nobody plans with them */
    noteMemory: (models: readonly ModelMemory[]) => measured.note(models.filter(({ id }) => !id.startsWith('candidate:'))),
    /** Equal numbers can be expected from equal devices and thread counts only. */
    runtimeClass: () => `${device()}/${settings().threads}`,
    forExecutor(pool: OwnedModelPool): ModelAccess {
      return {
        pool,
        resolve: (alias: ModelAlias, name: string) => {
          const found = resolved.get(canonicalJson(alias))
          if (!found) throw new TributaryError('model-missing', `Model “${name}” was not looked up.`)
          if (!found.ok) throw asError(found)
          return found.ref
        },
        isPresent: ({ backend, id }) => backend !== 'llama-cpp' || shelf.isPresent(id),
        residency: {
          isLoaded: (id) => pool.local.isLoaded(id),
          fit: (models) => {
            const budgetBytes = settings().memoryBudgetBytes
            const neededBytes = models.reduce((sum, model) => sum + leastMemoryOf(model), 0)
            return { fits: neededBytes <= budgetBytes, neededBytes, budgetBytes }
          },
          free: async (models) => {
            await Promise.all(models.map(({ backend, id }) => (backend === 'llama-cpp' ? pool.local.forget(id) : undefined)))
          },
          watchPeak: () => pool.local.host.watchPeak(),
          // The host itself holds a lease for each call in flight, lets calls wait for memory and evicts what is idle; nothing more to hold here.
          lease: async (_models, signal) => {
            signal.throwIfAborted()
            return () => undefined
          },
        },
      }
    },
  }

  function isStranger(model: ShelfModel): boolean {
    return !isKnown(model, (sha256) => store.accepted.has('model', sha256))
  }

  /** of a document that was prepared */
  function strangersOf({ models }: Pick<GraphDocument, 'models'>): ShelfModel[] {
    const found = Object.values(models).flatMap((alias) => {
      const known = resolved.get(canonicalJson(alias))
      return known?.ok && known.model && isStranger(known.model) ? [known.model] : []
    })
    return [...new Map(found.map((model) => [model.sha256, model])).values()]
  }

  function leastMemoryOf(ref: ModelRef): number {
    if (ref.backend !== 'llama-cpp') return 0
    const known = memoryMeasured(store.measurements, ref.id)
    return leastMemory({ name: ref.name, sizeBytes: ref.sizeBytes ?? 0, ...(known ? { measured: known } : {}) })
  }
}
