import { TributaryError } from '../../shared/errors'
import type { KeyParts } from '../../shared/graph/content-key'
import { has } from '../../shared/graph/ids'
import { aliasOf } from '../../shared/graph/models'
import { paramValue, takesMany } from '../../shared/graph/ports'
import { canonicalJson } from '../../shared/json'
import { paramTitle } from '../../shared/names'
import type { NodeSpec, ParamSpec } from '../../shared/node-spec'
import { coerce, type ModelRef, type WireValue } from '../../shared/value'
import type { RunArguments } from '../node-runtime'
import { type Held, read } from './held'
import type { Step } from './prepare'
import type { RunState } from './run-state'

/** What arrives at the ports of a step: one value a port, or several where the port takes many. Ports without a value are left out. */
export type Arrived = ReadonlyMap<string, readonly Held[]>

/** The params that no wire feeds, with models resolved, and what of them goes into the key. */
export interface Constants {
  readonly params: Readonly<Record<string, unknown>>
  readonly models: Readonly<Record<string, ModelRef>>
  /** fingerprints of resources; undefined when the node reads something that has none */
  readonly world: Readonly<Record<string, string>> | undefined
}

/** Resolves the params that come from the document. Throws `model-missing` or `input-missing` for what was not chosen. */
export function resolveConstants(run: RunState, step: Step, arrived: Arrived): Constants | Promise<Constants> {
  const constants = resolveParams(run, step, arrived)
  const { spec } = step.definition
  return spec.effect === 'reads-world' ? readWorld(run, spec, constants) : { ...constants, world: {} }
}

async function readWorld(run: RunState, spec: NodeSpec, constants: Omit<Constants, 'world'>): Promise<Constants> {
  const world: Record<string, string> = {}
  const names = Object.entries(spec.params).filter(([, param]) => param.kind === 'resource')
  for (const [name] of names) {
    const id = constants.params[name]
    if (typeof id === 'string') world[name] = await run.parts.resources.fingerprint(id)
  }
  return { ...constants, world: Object.keys(world).length === 0 ? undefined : world }
}

function resolveParams(run: RunState, step: Step, arrived: Arrived): Omit<Constants, 'world'> {
  const { spec } = step.definition
  const params: Record<string, unknown> = {}
  const models: Record<string, ModelRef> = {}
  for (const name in spec.params) {
    if (arrived.has(name)) continue
    const param = spec.params[name]!
    const value = paramValue(step.graphNode, spec, name)
    if (param.kind === 'model') {
      const ref = resolveModel(run, value, param, name)
      params[name] = ref
      if (ref) models[name] = ref
    } else {
      if (param.kind === 'resource' && value === null && !param.optional)
        throw new TributaryError('input-missing', `No data was chosen for “${paramTitle(name, param)}”.`, {
          hint: 'Choose a folder or a file on the node.',
          place: { port: name },
        })
      params[name] = value
    }
  }
  return { params, models }
}

function resolveModel(run: RunState, value: unknown, param: Extract<ParamSpec, { kind: 'model' }>, port: string): ModelRef | null {
  if (value === null || value === undefined) {
    if (param.optional) return null
    throw new TributaryError('model-missing', `No model was chosen for “${paramTitle(port, param)}”.`, {
      hint: 'Choose a model on the node, or connect one.',
      place: { port },
    })
  }
  const alias = aliasOf(value)
  const known = alias === undefined ? undefined : run.models.get(alias)
  if (known) return known
  if (alias === undefined || !has(run.document.models, alias))
    throw new TributaryError('model-missing', `The graph names no model “${String(value)}”.`, {
      hint: 'Choose another model on the node.',
      place: { port },
    })
  const ref = run.options.models?.[alias] ?? run.parts.models.resolve(run.document.models[alias]!, alias)
  run.models.set(alias, ref)
  return ref
}

/** The parts of the key of this step with these values. */
export function keyPartsOf(run: RunState, step: Step, arrived: Arrived, constants: Constants, seed: number): KeyParts {
  const { spec } = step.definition
  const inputs: Record<string, string | readonly string[]> = {}
  for (const [name, held] of arrived) inputs[name] = takesMany(step.ports.inputs.get(name)!) ? held.map(({ sha }) => sha) : held[0]!.sha
  const models: Record<string, string> = {}
  for (const name in constants.models) {
    const { backend, id } = constants.models[name]!
    models[name] = `${backend}:${id}`
  }
  const { params, subgraph, type, v } = step.staticKey
  // in the order in which they are written, which is then found and not made
  return {
    inputs,
    models,
    params,
    ...(spec.resource === 'model' && run.parts.runtimeClass ? { runtime: run.parts.runtimeClass() } : undefined),
    ...(spec.stochastic ? { seed } : undefined),
    ...(subgraph === undefined ? undefined : { subgraph }),
    type,
    v,
    ...(constants.world === undefined || Object.keys(constants.world).length === 0 ? undefined : { world: constants.world }),
  }
}

/** The types of the spec are forgotten here; `defineNode` gives them back to the node. */
export type NodeArguments = Omit<RunArguments<NodeSpec>, 'context'>

/** The values as the node's `run` takes them: coerced to the kinds of its ports, lists where it asked for lists. */
export function argumentsOf(run: RunState, step: Step, arrived: Arrived, constants: Constants): NodeArguments {
  const { spec } = step.definition
  const { values } = run
  const inputs: Record<string, unknown> = {}
  const params: Record<string, unknown> = { ...constants.params }
  const slots: Record<string, unknown> = {}
  for (const port of step.ports.inputs.values()) {
    const held = arrived.get(port.name)
    const data = held?.map((one) => {
      const wire: WireValue = coerce(read(one, values), port.wire)
      return wire.list ? (wire.data as unknown[]) : [wire.data]
    })
    if (port.origin === 'param') {
      if (data) params[port.name] = checkParam(spec.params[port.name]!, port.name, data[0]![0])
    } else {
      const into = port.origin === 'slot' ? slots : inputs
      into[port.name] = takesMany(port) || port.takesList ? (data ?? []).flat() : data?.[0]?.[0]
    }
  }
  return { inputs, params, slots } as NodeArguments
}

/** A value that a wire brings to a param keeps the param's bounds. */
function checkParam(param: ParamSpec, name: string, value: unknown): unknown {
  const refuse = (expected: string): never => {
    throw new TributaryError(
      'input-type',
      `The param “${paramTitle(name, param)}” takes ${expected}; the wire brought ${canonicalJson(value).slice(0, 60)}.`,
      { place: { port: name } },
    )
  }
  if (param.kind === 'number') {
    if (typeof value !== 'number' || (param.integer && !Number.isInteger(value)))
      return refuse(param.integer ? 'a whole number' : 'a number')
    if (param.min !== undefined && value < param.min) return refuse(`at least ${param.min}`)
    if (param.max !== undefined && value > param.max) return refuse(`at most ${param.max}`)
  }
  if (param.kind === 'choice' && !param.options.some((option) => option.value === value))
    return refuse(`one of ${param.options.map((option) => option.value).join(', ')}`)
  return value
}
