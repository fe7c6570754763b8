import type { ResourceLimits } from './interfaces'
import type { StopSwitch } from './stop-switch'

export type ResourceClass = keyof ResourceLimits

interface Waiting {
  readonly models: readonly string[]
  passedOver: number
  enter(): void
}

/** Rations each resource class over all runs of the process. */
export interface Gates {
  /** True: entered at once. False: `wait` for it. */
  tryEnter(resource: ResourceClass): boolean
  /** Resolves when a place is free. Among those that wait, one whose models are loaded goes first, but nobody is passed over more than `patience` times. */
  wait(resource: ResourceClass, models: readonly string[], stop: StopSwitch): Promise<void>
  leave(resource: ResourceClass): void
}

const patience = 8

export function createGates(limits: ResourceLimits, isLoaded: (model: string) => boolean): Gates {
  const used: Record<ResourceClass, number> = { cpu: 0, io: 0, model: 0, merge: 0 }
  const queues: Record<ResourceClass, Waiting[]> = { cpu: [], io: [], model: [], merge: [] }

  return {
    tryEnter(resource) {
      if (used[resource] >= limits[resource] || queues[resource].length > 0) return false
      used[resource]++
      return true
    },

    wait(resource, models, stop) {
      return new Promise<void>((resolve, reject) => {
        const queue = queues[resource]
        const waiting: Waiting = {
          models,
          passedOver: 0,
          enter: () => {
            unwatch()
            resolve()
          },
        }
        queue.push(waiting)
        const unwatch = stop.watch((reason) => {
          queue.splice(queue.indexOf(waiting), 1)
          reject(reason)
        })
      })
    },

    leave(resource) {
      const next = choose(queues[resource], isLoaded)
      if (next) next.enter()
      else used[resource]--
    },
  }
}

/** Takes the next one out of the queue: first come first served, unless another one's models are already there. */
function choose(queue: Waiting[], isLoaded: (model: string) => boolean): Waiting | undefined {
  const first = queue[0]
  if (!first) return undefined
  const ready = (waiting: Waiting): boolean => waiting.models.length > 0 && waiting.models.every(isLoaded)
  const isFirstDue = first.models.length === 0 || first.passedOver >= patience || ready(first)
  const preferred = isFirstDue ? 0 : Math.max(0, queue.findIndex(ready))
  for (const passed of queue.slice(0, preferred)) passed.passedOver++
  return queue.splice(preferred, 1)[0]
}
