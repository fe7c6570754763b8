import { TributaryError } from '../../shared/errors'
import type { GraphBody, GraphDocument } from '../../shared/graph/document'
import { parseEndpoint } from '../../shared/graph/document'
import { nodeAt } from '../../shared/graph/focus'
import { has } from '../../shared/graph/ids'
import { portsOf } from '../../shared/graph/ports'
import type { NodeSpecs } from '../../shared/graph/specs'
import type { Pins } from '../../shared/run/control'
import { wireSchemas } from '../../shared/value'
import { wireKinds } from '../../shared/wire'
import type { Held } from './held'
import { announceOutputs, hold, type Outputs } from './outputs'
import type { Step } from './prepare'
import type { RunOptions } from './run-request'
import type { RunState } from './run-state'

type PinnedValues = Pins[string]

/** A body of a run: which run, and where in its graph. */
interface Place {
  readonly run: { readonly options: Pick<RunOptions, 'pins'> }
  readonly place: string
}

/** Throws `not-found` for a pin on what is not there, `input-type` for a value that does not fit its output. */
export function checkPins(document: GraphDocument, specs: NodeSpecs, pins: Pins): void {
  for (const [node, values] of Object.entries(pins)) {
    const found = nodeAt(document, node)
    const graphNode = found?.graph.nodes[found.node]
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

/** The values that are pinned to the outputs of a node of this body. */
export function pinnedOn({ run, place }: Place, node: string): PinnedValues | undefined {
  const { pins } = run.options
  if (pins === undefined) return undefined
  return has(pins, place + node) ? pins[place + node] : undefined
}

/** Are all outputs of the step pinned? Then it does not run, and neither does what only it needs. */
export const isPinnedWhole = (outputs: readonly string[], values: PinnedValues | undefined): boolean =>
  values !== undefined && outputs.length > 0 && outputs.every((port) => has(values, port))

/** The body with no wire into nodes whose outputs are all pinned: what fed only them is not needed. The same body where nothing is pinned in it. */
export function withoutPinnedInputs<Body extends GraphBody>(
  body: Body,
  run: Pick<RunState, 'document' | 'specs'> & { readonly options: Pick<RunOptions, 'pins'> },
  place: string,
): Body {
  const { pins } = run.options
  if (!pins) return body
  const whole = new Set(
    Object.keys(body.nodes).filter((node) => {
      const values = pinnedOn({ run, place }, node)
      const graphNode = body.nodes[node]
      const spec = values && graphNode && run.specs.get(graphNode.type)
      return spec && isPinnedWhole([...portsOf(graphNode, spec, run.document).outputs.keys()], values)
    }),
  )
  if (whole.size === 0) return body
  return { ...body, wires: body.wires.filter((wire) => !whole.has(parseEndpoint(wire.to)?.node ?? '')) }
}

/** The outputs of a step with its pinned values in their places; told to the log. */
export function pinOutputs(run: RunState, step: Step, path: string, values: PinnedValues, outputs: Outputs): Outputs {
  const pinned = new Map<string, Held>()
  for (const [name, value] of Object.entries(values)) {
    const port = step.ports.outputs.get(name)
    if (port) pinned.set(name, hold(run, port.wire, port.list, value, []))
  }
  run.log.state({ type: 'node.pinned', node: path, ports: [...pinned.keys()] })
  announceOutputs(run, path, pinned)
  return new Map([...outputs, ...pinned])
}
