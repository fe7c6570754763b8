import type { LoadedModel } from '../../shared/api'
import { createIdleModels } from './idle-models'
import type { LlamaCppBackend } from './llama-cpp'

export interface ModelsInMemory {
  /** what is in memory now, how long each has rested, and whether it is in use; starts no model host */
  loaded(): Promise<readonly LoadedModel[]>
  /** Frees one; a call that uses it is waited for. */
  unload(id: string): Promise<void>
  /** It was just asked for. */
  used(id: string): void
  /** Frees those that have rested longer than they may. */
  freeIdle(): Promise<unknown>
}

/** The models that the host holds, as a person sees them, and the timer that lets go of those at rest. `afterMs` 0: they stay. */
export function createModelsInMemory(local: LlamaCppBackend, afterMs: () => number): ModelsInMemory {
  const status = async () => (local.loaded().size === 0 ? [] : (await local.status({ signal: AbortSignal.timeout(5000) })).models)
  const unload = (id: string) => local.forget(id)
  const idle = createIdleModels({ loaded: status, unload, afterMs, now: Date.now })
  return {
    loaded: async () =>
      (await status()).map(({ id, name, memoryBytes, leases }) => ({ id, name, memoryBytes, busy: leases > 0, idleMs: idle.idleMs(id) })),
    unload,
    used: idle.used,
    freeIdle: idle.look,
  }
}
