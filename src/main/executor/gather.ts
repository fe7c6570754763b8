import { type InPort, type NodePorts, takesMany } from '../../shared/graph/ports'
import type { Arrived } from './arguments'
import type { Held } from './held'
import type { Step } from './prepare'

/** What has a value in a body: interface inputs by name, outputs of ended steps by index. */
export interface Values {
  readonly inputs: ReadonlyMap<string, Held>
  readonly outputs: (ReadonlyMap<string, Held> | undefined)[]
}

export type Gathered = { readonly arrived: Arrived } | { readonly missing: string; readonly reason: string }

/** The values at the ports of a step, or the port without which it cannot run. */
export function gather(step: Step, values: Values): Gathered {
  const arrived = new Map<string, readonly Held[]>()
  for (const { port, from } of step.feeds) {
    const held: Held[] = []
    for (const { index, name } of from) {
      const value = index === undefined ? values.inputs.get(name) : values.outputs[index]?.get(name)
      if (value) held.push(value)
    }
    if (held.length > 0) arrived.set(port, held)
  }
  for (const { name, title } of requiredOf(step.ports))
    if (!arrived.has(name)) return { missing: name, reason: `no value came to its input “${title}”` }
  return { arrived }
}

/** The inputs without which a node cannot run. Nodes of a type share their ports, so most find them here. */
function requiredOf(ports: NodePorts): readonly InPort[] {
  const known = required.get(ports)
  if (known) return known
  const found = [...ports.inputs.values()].filter(({ arity }) => arity === 'one' || arity === 'some')
  required.set(ports, found)
  return found
}

const required = new WeakMap<NodePorts, readonly InPort[]>()

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
