import type { ModelMemory } from '../models/host-protocol'

/**
 * Tells what models take whenever that is not what was told last. What a model needs rises and falls with each call on it; who is told keeps the most of it, so
 * here it never falls while the model is there.
 */
export class MemoryTold {
  #told: ReadonlyMap<string, ModelMemory> = new Map()

  constructor(readonly tell: (models: readonly ModelMemory[]) => void) {}

  /** models: all that are in memory now */
  update(models: readonly ModelMemory[]): void {
    const before = this.#told
    const now = models.map(({ id, memoryBytes, neededBytes }): ModelMemory => {
      return { id, memoryBytes, neededBytes: Math.max(neededBytes, before.get(id)?.neededBytes ?? 0) }
    })
    const isKnown = ({ id, memoryBytes, neededBytes }: ModelMemory): boolean =>
      before.get(id)?.memoryBytes === memoryBytes && before.get(id)?.neededBytes === neededBytes
    if (now.length === before.size && now.every(isKnown)) return
    this.#told = new Map(now.map((model) => [model.id, model]))
    this.tell(now)
  }
}
