import { TributaryError } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import { parseEndpoint } from '../../shared/graph/document'
import { has } from '../../shared/graph/ids'
import { portsOf } from '../../shared/graph/ports'
import type { NodeSpecs } from '../../shared/graph/specs'
import type { Pins } from '../../shared/run/control'
import { wireSchemas } from '../../shared/value'
import { wireKinds } from '../../shared/wire'
import type { Held } from './held'
import { announceOutputs, hold, type Outputs } from './outputs'
import type { Step } from './prepare'
import type { RunState } from './run-state'

/** Throws `not-found` for a pin on what is not there, `input-type` for a value that does not fit its output. */
export function checkPins(document: GraphDocument, specs: NodeSpecs, pins: Pins): void {
  for (const [node, values] of Object.entries(pins)) {
    const graphNode = has(document.nodes, node) ? document.nodes[node] : undefined
    const spec = specs.get(graphNode?.type ?? '')
    if (!graphNode || !spec)
      throw new TributaryError('not-found', `A value is pinned to the node "${node}", which is not in this graph.`, { place: { node } })
    const { outputs } = portsOf(graphNode, spec, document)
    for (const [name, value] of Object.entries(values)) {
      const port = outputs.get(name)
      if (!port)
        throw new TributaryError('not-found', `A value is pinned to "${node}.${name}", but the node has no such output.`, {
          hint: `Its outputs are: ${[...outputs.keys()].join(', ')}.`,
          place: { node, port: name },
        })
      const schema = wireSchemas[port.wire]
      const isRight = port.list
        ? Array.isArray(value) && value.every((item) => schema.safeParse(item).success)
        : schema.safeParse(value).success
      if (!isRight)
        throw new TributaryError('input-type', `The value pinned to "${node}.${name}" should be ${wireKinds[port.wire].summary}.`, {
          place: { node, port: name },
        })
    }
  }
}

/** Are all outputs of the step pinned? Then it does not run, and neither does what only it needs. */
export const isPinnedWhole = (step: Pick<Step, 'node' | 'outputs'>, pins: Pins | undefined): boolean => {
  const values = pins && has(pins, step.node) ? pins[step.node] : undefined
  return values !== undefined && step.outputs.length > 0 && step.outputs.every((port) => has(values, port))
}

/** The document with no wire into nodes whose outputs are all pinned: what fed only them is not needed. */
export function withoutPinnedInputs(document: GraphDocument, specs: NodeSpecs, pins: Pins | undefined): GraphDocument {
  if (!pins) return document
  const whole = new Set(
    Object.keys(pins).filter((node) => {
      const graphNode = document.nodes[node]
      const spec = graphNode && specs.get(graphNode.type)
      return spec && isPinnedWhole({ node, outputs: [...portsOf(graphNode, spec, document).outputs.keys()] }, pins)
    }),
  )
  if (whole.size === 0) return document
  return { ...document, wires: document.wires.filter((wire) => !whole.has(parseEndpoint(wire.to)?.node ?? '')) }
}

/** The outputs of a step with its pinned values in their places; told to the log. */
export function pinOutputs(run: RunState, step: Step, path: string, pins: Pins, outputs: Outputs): Outputs {
  const pinned = new Map<string, Held>()
  for (const [name, value] of Object.entries(pins[step.node] ?? {})) {
    const port = step.ports.outputs.get(name)
    if (port) pinned.set(name, hold(run, port.wire, port.list, value, []))
  }
  run.log.state({ type: 'node.pinned', node: path, ports: [...pinned.keys()] })
  announceOutputs(run, path, pinned)
  return new Map([...outputs, ...pinned])
}
