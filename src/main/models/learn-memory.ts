import { TributaryError } from '../../shared/errors'
import type { ModelMemory } from './host-protocol'

/** The part of the store that remembers what models took on this machine. */
export interface Measurements {
  put(measurement: {
    readonly model: string
    readonly device: string
    readonly options: string
    readonly loadMs: number
    readonly memoryBytes: number
    readonly at: number
  }): void
  ofModel(model: string): readonly { readonly options: string; readonly loadMs: number; readonly memoryBytes: number }[]
}

/** What is measured of a load: all that the model came to take, and what no call could have done without. */
const wholeOf = ''
const leastOf = 'least'

/** What a model took in its last loads; undefined when it was never loaded here. */
export function memoryMeasured(
  measurements: Pick<Measurements, 'ofModel'>,
  model: string,
): { readonly loadMs: number; readonly memoryBytes: number; readonly neededBytes?: number } | undefined {
  const known = measurements.ofModel(model)
  const whole = known.find(({ options }) => options === wholeOf)
  const least = known.find(({ options }) => options === leastOf)
  return whole && { loadMs: whole.loadMs, memoryBytes: whole.memoryBytes, ...(least ? { neededBytes: least.memoryBytes } : {}) }
}

interface Load {
  ms: number
  memoryBytes: number
  neededBytes: number
}

/**
 * Follows what each model takes from its load until it leaves memory, and writes the most of it down: at once when it is more than was known, and at the
 * end when it was less. So a plan counts with the last load, contexts included, and not with the size of a file.
 */
export function learnMemory(measurements: Measurements, device: () => string) {
  const loads = new Map<string, Load>()
  const write = (model: string, { ms, memoryBytes, neededBytes }: Load): void => {
    const row = { model, device: device(), loadMs: ms, at: Date.now() }
    try {
      measurements.put({ ...row, options: wholeOf, memoryBytes })
      measurements.put({ ...row, options: leastOf, memoryBytes: neededBytes })
    } catch (error) {
      // What a full disk or a held database does not take is learnt again by the next load; nobody asked for it who could be told.
      if (!(error instanceof TributaryError)) throw error
    }
  }

  return {
    loaded(model: string, ms: number): void {
      const load = loads.get(model)
      if (load) load.ms = ms
      else loads.set(model, { ms, memoryBytes: 0, neededBytes: 0 })
    },
    /** Told what all models take, whenever that changes. */
    note(models: readonly ModelMemory[]): void {
      for (const { id, memoryBytes, neededBytes } of models) {
        const load = loads.get(id) ?? { ms: memoryMeasured(measurements, id)?.loadMs ?? 0, memoryBytes: 0, neededBytes: 0 }
        loads.set(id, load)
        if (memoryBytes <= load.memoryBytes && neededBytes <= load.neededBytes) continue
        load.memoryBytes = Math.max(load.memoryBytes, memoryBytes)
        load.neededBytes = Math.max(load.neededBytes, neededBytes)
        const known = memoryMeasured(measurements, id)
        if (known === undefined || load.memoryBytes > known.memoryBytes || load.neededBytes > (known.neededBytes ?? 0)) write(id, load)
      }
      const present = new Set(models.map(({ id }) => id))
      for (const [id, load] of loads) {
        if (present.has(id)) continue
        loads.delete(id)
        // A load that no call worked on teaches nothing.
        if (load.memoryBytes > 0 && load.neededBytes > 0) write(id, load)
      }
    },
  }
}
