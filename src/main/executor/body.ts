import { gather, type Values } from './gather'
import { type Held, release } from './held'
import { noOutputs, type Outputs } from './outputs'
import { isPinnedWhole, pinnedOn } from './pins'
import type { Prepared, Step } from './prepare'
import type { Scope } from './scope'
import { andThen, type Soon } from './soon'
import { runStep } from './step'
import { turnsOf } from './turns'
import type { Resolved } from './unit'

/** Nodes that give their values at once may go on this long; then the event loop turns, so that a person's Stop is heard. */
const longestWithoutTurnMs = 50

/** Resolved units of steps that were looked at before the run began, by index. */
export type Known = ReadonlyMap<number, Resolved>

/**
 * Runs the steps of a body, each as soon as all that it reads has ended. Gives the outputs of the interface that have a value.
 * The first failure stops the rest; when all have ended, the whole rejects with it.
 */
export function runBody(scope: Scope, prepared: Prepared, inputs: ReadonlyMap<string, Held>, known?: Known): Promise<Outputs> {
  const { steps, indexOf } = prepared
  const values: Values = { inputs, outputs: steps.map(() => undefined) }
  const blocked = steps.map(({ upstream }) => upstream.length)
  const unread = steps.map(({ readers }) => readers.length)
  const kept = new Set(Object.values(prepared.plan.outputs).map((source) => (source.kind === 'node' ? indexOf.get(source.node) : -1)))
  const ready = steps.filter((_, index) => blocked[index] === 0)
  const { clock } = scope.run
  const turns = turnsOf(scope, prepared)
  const take = (): Step | undefined => (turns ? turns.take(ready) : ready.shift())
  announceSkipped(scope, prepared)

  return new Promise<Outputs>((resolve, reject) => {
    let running = 0
    let failed = false
    let failure: unknown

    const startReady = (): void => {
      const since = clock.now()
      while (ready.length > 0) {
        if (clock.now() - since > longestWithoutTurnMs) {
          setImmediate(startReady)
          return
        }
        const step = take()
        if (!step) break
        running++
        try {
          const outputs = turns ? andThen(turns.before(step), () => start(step)) : start(step)
          if (outputs instanceof Promise)
            outputs.then(
              (later) => goOn(() => settle(step, later)),
              (reason) => goOn(() => fail(reason)),
            )
          else settle(step, outputs)
        } catch (reason) {
          fail(reason)
        }
      }
      if (running > 0) return
      if (failed || scope.stop.signal.aborted) reject(failed ? failure : scope.stop.signal.reason)
      else resolve(interfaceOutputs(prepared, values))
    }
    const goOn = (ended: () => void): void => {
      ended()
      startReady()
    }
    const start = (step: Step): Soon<Outputs> => {
      const gathered = step.isGiven || isPinned(scope, step) ? { arrived: new Map() } : gather(step, values)
      if ('arrived' in gathered) return runStep(scope, step, gathered.arrived, known?.get(step.index))
      scope.run.log.state({ type: 'node.skipped', node: `${scope.prefix}${step.node}`, reason: gathered.reason })
      return noOutputs
    }
    const settle = (step: Step, outputs: Outputs): void => {
      running--
      turns?.ended(step)
      values.outputs[step.index] = outputs
      for (const source of step.upstream) if (--unread[source]! === 0 && !kept.has(source)) releaseAll(values.outputs[source])
      if (unread[step.index] === 0 && !kept.has(step.index)) releaseAll(outputs)
      if (!failed && !scope.stop.signal.aborted) for (const reader of step.readers) if (--blocked[reader]! === 0) ready.push(steps[reader]!)
    }
    const fail = (reason: unknown): void => {
      running--
      if (!failed) failure = reason
      failed = true
      ready.length = 0
      scope.stop.stop(reason)
    }
    startReady()
  })
}

const isPinned = (scope: Scope, step: Step): boolean => isPinnedWhole(step.outputs, pinnedOn(scope, step.node))

/** After its last reader a value leaves memory; the store has it. Outputs of the interface stay for whoever asked for the body. */
function releaseAll(outputs: Outputs | undefined): void {
  for (const held of outputs?.values() ?? []) release(held)
}

function interfaceOutputs({ plan, indexOf }: Prepared, { inputs, outputs }: Values): Outputs {
  const found = new Map<string, Held>()
  for (const [name, source] of Object.entries(plan.outputs)) {
    const held = source.kind === 'input' ? inputs.get(source.input) : outputs[indexOf.get(source.node) ?? -1]?.get(source.port)
    if (held) found.set(name, held)
  }
  return found
}

function announceSkipped({ run, prefix }: Scope, { plan }: Prepared): void {
  for (const { node, reason } of plan.skipped) run.log.state({ type: 'node.skipped', node: `${prefix}${node}`, reason })
}
