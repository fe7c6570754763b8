import { parseEndpoint } from '../../shared/graph/document'
import { meets, tellCondition, type WireBreak } from '../../shared/run/control'
import type { Arrived } from './arguments'
import { read, type Values } from './held'
import type { Step } from './prepare'
import type { StopSwitch } from './stop-switch'

/** Where a run pauses, and what lets it go on. A node that waits here holds no place and no memory; what does not depend on it goes on. */
export interface Breaks {
  /** Why this step of the body at `place` should pause now; undefined: it need not. */
  reasonAt(place: string, step: Step, arrived: Arrived, values: Values): string | undefined
  /** Resolves when the person lets this step go on; rejects when the run stops. */
  wait(stop: StopSwitch, place: string): Promise<void>
  /** All that waits goes on; breakpoints hold as before. */
  resume(): void
  /** What has waited longest goes on, and whatever comes to its turn next pauses: in the same graph or one around it. A container is one step. */
  step(): void
}

export function createBreaks({
  breakpoints = [],
  wireBreaks = [],
}: {
  readonly breakpoints?: readonly string[] | undefined
  readonly wireBreaks?: readonly WireBreak[] | undefined
}): Breaks {
  const nodes = new Set(breakpoints)
  const isIdle = nodes.size === 0 && wireBreaks.length === 0
  const breaksInto = (place: string, node: string): readonly WireBreak[] =>
    wireBreaks.filter((wire) => (wire.in ?? '') === place && parseEndpoint(wire.to)?.node === node)
  const waiting: { readonly place: string; go(): void }[] = []
  let steppingIn: string | undefined

  return {
    reasonAt(place, step, arrived, values) {
      if (isIdle && steppingIn === undefined) return undefined
      if (nodes.has(place + step.node)) return 'breakpoint'
      const met = breaksInto(place, step.node).find((wire) => isMet(wire, step, arrived, values))
      if (met) return `what comes from ${met.from} ${tellCondition(met.when)}`
      return steppingIn?.startsWith(place) ? 'step by step' : undefined
    },
    wait: (stop, place) =>
      new Promise<void>((resolve, reject) => {
        const go = (): void => {
          unwatch()
          resolve()
        }
        const one = { place, go }
        waiting.push(one)
        const unwatch = stop.watch((reason) => {
          waiting.splice(waiting.indexOf(one), 1)
          reject(reason)
        })
      }),
    resume() {
      steppingIn = undefined
      for (const { go } of waiting.splice(0)) go()
    },
    step() {
      const next = waiting.shift()
      steppingIn = next?.place ?? steppingIn ?? ''
      next?.go()
    },
  }
}

/** The value that this very wire brought: the one among those of its port that stands in its place. */
function isMet({ from, to, when }: WireBreak, step: Step, arrived: Arrived, values: Values): boolean {
  const [source, target] = [parseEndpoint(from), parseEndpoint(to)]
  if (!source || !target) return false
  const sources = step.inputs.find(({ port }) => port === target.port)?.sources ?? []
  const place = sources.findIndex((other) =>
    other.kind === 'node' ? other.node === source.node && other.port === source.port : `@${other.input}` === source.node,
  )
  const held = arrived.get(target.port)
  const one = sources.length === held?.length ? held[place] : held?.[0]
  return place >= 0 && one !== undefined && meets(read(one, values), when)
}
