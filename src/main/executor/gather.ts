import { takesMany } from '../../shared/graph/ports'
import type { Arrived } from './arguments'
import type { Held } from './held'
import type { Step } from './prepare'

/** What has a value in a body: interface inputs by name, outputs of ended steps by index. */
export interface Values {
  readonly inputs: ReadonlyMap<string, Held>
  readonly outputs: (ReadonlyMap<string, Held> | undefined)[]
  readonly indexOf: ReadonlyMap<string, number>
}

export type Gathered = { readonly arrived: Arrived } | { readonly missing: string; readonly reason: string }

/** The values at the ports of a step, or the port without which it cannot run. */
export function gather(step: Step, values: Values): Gathered {
  const arrived = new Map<string, readonly Held[]>()
  for (const { port, sources } of step.inputs) {
    const held: Held[] = []
    for (const source of sources) {
      const value =
        source.kind === 'input' ? values.inputs.get(source.input) : values.outputs[values.indexOf.get(source.node) ?? -1]?.get(source.port)
      if (value) held.push(value)
    }
    if (held.length > 0) arrived.set(port, held)
  }
  for (const port of step.ports.inputs.values()) {
    if (port.arity !== 'one' && port.arity !== 'some') continue
    if (!arrived.has(port.name)) return { missing: port.name, reason: `no value came to its input "${port.name}"` }
  }
  return { arrived }
}

/** The ports on which a list arrives although they take one value: the node is mapped over them. */
export function liftedPorts(step: Step, arrived: Arrived): readonly string[] {
  let lifted: string[] | undefined
  for (const [name, held] of arrived) {
    if (!held[0]!.list) continue
    const port = step.ports.inputs.get(name)!
    if (takesMany(port) || port.takesList) continue
    lifted ??= []
    lifted.push(name)
  }
  return lifted ?? none
}

const none: readonly string[] = []
