/** A model in memory, as the model host tells. */
interface LoadedModel {
  readonly id: string
  readonly leases: number
}

export interface IdleParts {
  /** what is in memory now, and how many calls use each */
  readonly loaded: () => Promise<readonly LoadedModel[]>
  readonly unload: (id: string) => Promise<void>
  /** 0: models stay until another one needs their place */
  readonly afterMs: () => number
  readonly now: () => number
}

/** Since when each model was not in use; frees those that rest longer than they may. A model in use rests not at all. */
export function createIdleModels({ loaded, unload, afterMs, now }: IdleParts) {
  const restingSince = new Map<string, number>()
  return {
    /** It was just asked for. */
    used: (id: string): void => void restingSince.set(id, now()),
    idleMs: (id: string): number => Math.max(0, now() - (restingSince.get(id) ?? now())),
    /** Looks once; returns what was freed. */
    async look(): Promise<readonly string[]> {
      const models = await loaded()
      const here = new Set(models.map(({ id }) => id))
      for (const id of restingSince.keys()) if (!here.has(id)) restingSince.delete(id)
      for (const { id, leases } of models) if (leases > 0 || !restingSince.has(id)) restingSince.set(id, now())
      const limit = afterMs()
      if (limit <= 0) return []
      const resting = models.filter(({ id, leases }) => leases === 0 && now() - (restingSince.get(id) ?? now()) >= limit)
      for (const { id } of resting) await unload(id)
      return resting.map(({ id }) => id)
    },
  }
}
