import { createHash } from 'node:crypto'
import { TributaryError } from '../../shared/errors'
import type { NodeSpec, ParamValues } from '../../shared/node-spec'
import { type ModelRef, modelRef } from '../../shared/value'
import type { Decoded, DecodeProgram, ModelPool } from '../models/model'
import type { RunContext, WeightsRuntime } from '../node-runtime'
import type { Catalog } from '../nodes/catalog'
import type { DemonstrationContext, EvalItem, NodeRun } from './demonstration'
import { WrittenTogether } from './written-together'

/** What demonstrations need of the house. */
export interface DemonstrationRooms {
  readonly catalog: Catalog
  readonly models: ModelPool
  readonly weights: WeightsRuntime
  /** a catalogue id as a model on this machine; throws `model-missing` */
  resolve(catalogId: string): Promise<ModelRef>
  /** takes a model that was written for a demonstration out of the library again */
  discard(model: ModelRef): Promise<void>
}

const evalSets = import.meta.glob('../../../resources/toys/eval/*.jsonl', { query: '?raw', import: 'default' })

/** Runs nodes directly, without a graph around them: the same code with the same defaults as in a graph. */
export function createDemonstrationContext(
  rooms: DemonstrationRooms,
  signal: AbortSignal,
): DemonstrationContext & { cleanUp(): Promise<void> } {
  const written = new Map<string, ModelRef>()
  const blobs = new Map<string, Uint8Array>()
  const run = async (type: string, asked: NodeRun, more: Partial<RunContext['models']> = {}): Promise<Record<string, unknown>> => {
    const context = runContext(rooms, blobs, signal, asked.seed ?? 1)
    const outputs = await runNode(rooms, type, asked, { ...context, models: { ...context.models, ...more } })
    if (rooms.catalog.get(type)?.spec.resource === 'merge') for (const model of modelsIn(outputs)) written.set(model.id, model)
    return outputs
  }
  return {
    signal,
    model: (id) => rooms.resolve(id),
    open: (model) => rooms.models.open(model),
    node: (type, asked) => run(type, asked),
    nodes: (type, runs) => {
      const together = new WrittenTogether(rooms.models, { signal }, runs.length)
      const decode = (program: DecodeProgram): Promise<Decoded> => together.decode(program)
      return Promise.all(runs.map((asked) => run(type, asked, { decode }).finally(() => together.ended())))
    },
    evalSet: readEvalSet,
    cleanUp: async () => {
      for (const model of written.values()) await rooms.discard(model)
    },
  }
}

const modelsIn = (outputs: Record<string, unknown>): ModelRef[] =>
  Object.values(outputs).flatMap((value) => modelRef.safeParse(value).data ?? [])

async function runNode(rooms: DemonstrationRooms, type: string, { inputs = {}, params = {} }: NodeRun, context: RunContext) {
  context.signal.throwIfAborted()
  const definition = rooms.catalog.get(type)
  if (!definition) throw new TributaryError('not-found', `There is no node of the type ${type}.`)
  const { spec } = definition
  for (const name of Object.keys(params)) if (!(name in spec.params)) throw new Error(`${type} has no param ${name}`)
  for (const name of Object.keys(inputs)) if (!(name in spec.inputs)) throw new Error(`${type} has no input ${name}`)
  return definition.run({
    inputs: { ...emptyLists(spec), ...inputs },
    params: { ...defaults(spec), ...params } as ParamValues<NodeSpec>,
    slots: {},
    context,
  })
}

const defaults = (spec: NodeSpec) => Object.fromEntries(Object.entries(spec.params).map(([name, param]) => [name, param.default]))
const emptyLists = (spec: NodeSpec) =>
  Object.fromEntries(Object.entries(spec.inputs).flatMap(([name, { arity }]) => (arity === 'many' || arity === 'some' ? [[name, []]] : [])))

function runContext(rooms: DemonstrationRooms, blobs: Map<string, Uint8Array>, signal: AbortSignal, seed: number): RunContext {
  const call = { signal }
  const nothing = async (): Promise<never> => {
    throw new TributaryError('not-found', 'A demonstration reads no files of a person.')
  }
  return {
    nodeId: 'demonstration',
    signal,
    seed,
    models: {
      call,
      open: (ref) => rooms.models.open(ref),
      decode: (program) => rooms.models.decode(program, call),
      decodeAll: (programs) => rooms.models.decodeAll(programs, call),
    },
    progress: () => undefined,
    metric: () => undefined,
    stream: () => undefined,
    warn: () => undefined,
    blobs: {
      put: async (bytes) => {
        const key = createHash('sha256').update(bytes).digest('hex')
        blobs.set(key, bytes)
        return key
      },
      get: async (key) => blobs.get(key) ?? nothing(),
    },
    resources: { fingerprint: nothing, documents: nothing, dataset: nothing, file: nothing },
    weights: rooms.weights,
  }
}

async function readEvalSet(name: string, limit = Number.POSITIVE_INFINITY): Promise<readonly EvalItem[]> {
  const load = evalSets[`../../../resources/toys/eval/${name}.jsonl`]
  if (!load) throw new Error(`there is no evaluation set ${name}`)
  const lines = ((await load()) as string).split('\n').filter((line) => line.trim() !== '')
  return lines.slice(0, limit).map((line) => JSON.parse(line) as EvalItem)
}
