import { sha256 } from '../../shared/hash'
import type { JsonObject } from '../../shared/json'
import type { NodeSpec, ParamValues } from '../../shared/node-spec'
import type { ModelRef } from '../../shared/value'
import type { Call, LanguageModel } from '../models/model'
import type { NodeDefinition, RunContext } from '../node-runtime'

/** For tests only: runs a node with its defaults, in a context in which whatever is not given throws. */
export interface TestRun {
  readonly inputs?: Record<string, unknown>
  readonly params?: Record<string, unknown>
  readonly slots?: Record<string, unknown>
  readonly context?: Partial<RunContext>
  readonly model?: Partial<LanguageModel>
}

export const testModel: ModelRef = { backend: 'fake', id: 'fake/m', name: 'm' }

export interface TestResult {
  readonly outputs: Record<string, unknown>
  readonly warnings: string[]
}

export async function runNode(
  { spec, run }: NodeDefinition,
  { inputs = {}, params = {}, slots = {}, context = {}, model }: TestRun = {},
): Promise<TestResult> {
  const warnings: string[] = []
  const defaults = Object.fromEntries(Object.entries(spec.params).map(([name, param]) => [name, param.default]))
  const many = Object.fromEntries(
    Object.entries(spec.inputs)
      .filter(([, port]) => port.arity === 'many' || port.arity === 'some')
      .map(([name]) => [name, []]),
  )
  const outputs = await run({
    inputs: { ...many, ...inputs },
    params: { ...defaults, ...params } as ParamValues<NodeSpec>,
    slots,
    context: testContext({ ...context, warn: (message) => warnings.push(message) }, model),
  })
  for (const name of Object.keys(spec.outputs)) if (!(name in outputs)) throw new Error(`${spec.type} gives no ${name}`)
  return { outputs, warnings }
}

export function testContext(given: Partial<RunContext> = {}, model: Partial<LanguageModel> = {}): RunContext {
  const call: Call = { signal: given.signal ?? new AbortController().signal }
  const blobs = new Map<string, Uint8Array>()
  const unused = (what: string) => () => {
    throw new Error(`this test has no ${what}`)
  }
  return {
    nodeId: 'n',
    signal: call.signal,
    seed: 1,
    models: { open: async (ref) => ({ ref, ...model }) as LanguageModel, call, decode: unused('decoder'), decodeAll: unused('decoder') },
    progress: () => {},
    metric: () => {},
    stream: () => {},
    warn: () => {},
    blobs: {
      put: async (bytes) => {
        const key = sha256(bytes)
        blobs.set(key, bytes)
        return key
      },
      get: async (key) => blobs.get(key) ?? unused(`blob ${key}`)(),
    },
    resources: {
      fingerprint: unused('resources'),
      documents: unused('resources'),
      dataset: unused('resources'),
      file: unused('resources'),
    },
    weights: { write: unused('weights') } as unknown as RunContext['weights'],
    ...given,
  }
}

export const asJson = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject
