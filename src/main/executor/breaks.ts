import { parseEndpoint } from '../../shared/graph/document'
import { meets, tellCondition, type WireBreak } from '../../shared/run/control'
import type { Arrived } from './arguments'
import { read, type Values } from './held'
import type { Step } from './prepare'
import type { StopSwitch } from './stop-switch'

/** Where a run pauses, and what lets it go on. A node that waits here holds no place and no memory; what does not depend on it goes on. */
export interface Breaks {
  /** Why this step should pause now; undefined: it need not. Only steps at the top pause. */
  reasonAt(step: Step, arrived: Arrived, values: Values): string | undefined
  /** Resolves when the person lets this step go on; rejects when the run stops. */
  wait(stop: StopSwitch): Promise<void>
  /** All that waits goes on; breakpoints hold as before. */
  resume(): void
  /** What has waited longest goes on, and whatever comes to its turn next pauses. */
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
  const breaksInto = (node: string): readonly WireBreak[] => wireBreaks.filter(({ to }) => parseEndpoint(to)?.node === node)
  const waiting: (() => void)[] = []
  let isStepping = false

  return {
    reasonAt(step, arrived, values) {
      if (nodes.has(step.node)) return 'breakpoint'
      const met = breaksInto(step.node).find((wire) => isMet(wire, step, arrived, values))
      if (met) return `what comes from ${met.from} ${tellCondition(met.when)}`
      return isStepping ? 'step by step' : undefined
    },
    wait: (stop) =>
      new Promise<void>((resolve, reject) => {
        const go = (): void => {
          unwatch()
          resolve()
        }
        waiting.push(go)
        const unwatch = stop.watch((reason) => {
          waiting.splice(waiting.indexOf(go), 1)
          reject(reason)
        })
      }),
    resume() {
      isStepping = false
      for (const go of waiting.splice(0)) go()
    },
    step() {
      isStepping = true
      waiting.shift()?.()
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
