import { TributaryError } from '../../shared/errors'
import type { OutPort } from '../../shared/graph/ports'
import type { WireKind } from '../../shared/wire'
import { type Held, holdFresh, refOf } from './held'
import type { OutputRefs } from './interfaces'
import type { Step } from './prepare'
import type { RunState } from './run-state'

export type Outputs = ReadonlyMap<string, Held>
export const noOutputs: Outputs = new Map()

/** The declared outputs that a node gave, hashed and handed to the log. An output that it left out stays absent. */
export function holdOutputs(run: RunState, step: Step, raw: Record<string, unknown>, blobKeys: ReadonlySet<string>): Outputs {
  const outputs = new Map<string, Held>()
  for (const name of Object.keys(raw)) {
    const port = step.ports.outputs.get(name)
    if (port?.origin !== 'declared') throw new Error(`it gave a value on "${name}", which is not one of its outputs`)
    const data = raw[name]
    if (data === undefined) continue
    if (port.list && !Array.isArray(data)) throw new Error(`its output "${name}" is a list, but it gave a ${typeof data}`)
    for (const one of port.list ? (data as unknown[]) : [data]) checkKind(port, one)
    outputs.set(name, hold(run, port.wire, port.list, data, blobKeys))
  }
  return outputs
}

/** Hashes a value and hands it to the log. */
export function hold(run: RunState, kind: WireKind, list: boolean, data: unknown, blobKeys: Iterable<string>): Held {
  const { held, value } = holdFresh(kind, list, data, blobKeys)
  run.log.value(value)
  return held
}

export function announceOutputs(run: RunState, path: string, outputs: Outputs): void {
  for (const [port, { kind, list, sha, sizeBytes, preview }] of outputs)
    run.log.state({ type: 'node.output', node: path, port, kind, list, sha, sizeBytes, preview })
}

export function refsOf(outputs: Outputs): OutputRefs {
  const refs: Record<string, OutputRefs[string]> = {}
  for (const [port, held] of outputs) refs[port] = refOf(held)
  return refs
}

function checkKind({ wire: kind, name, title }: OutPort, data: unknown): void {
  const right =
    kind === 'text'
      ? typeof data === 'string'
      : kind === 'number'
        ? Number.isFinite(data)
        : kind === 'boolean'
          ? typeof data === 'boolean'
          : true
  if (!right)
    throw new TributaryError('node-failed', `The output “${title}” should be a ${kind}, but the node gave ${String(data).slice(0, 60)}.`, {
      place: { port: name },
    })
}
