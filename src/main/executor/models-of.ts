import type { ModelRef } from '../../shared/value'
import { carriesModels } from '../../shared/wire'
import type { Arrived, Constants } from './arguments'
import { read, type Values } from './held'

/** The models that a step will use, each once: those of its params and those that the values on its wires name. Known before it runs. */
export function modelsOf(arrived: Arrived, constants: Constants, values: Values): ModelRef[] {
  const found = new Map<string, ModelRef>()
  for (const ref of Object.values(constants.models)) found.set(ref.id, ref)
  for (const held of arrived.values()) for (const one of held) if (carriesModels.has(one.kind)) walk(read(one, values).data, found)
  return [...found.values()]
}

function walk(data: unknown, found: Map<string, ModelRef>): void {
  const stack = [data]
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (typeof at !== 'object' || at === null) continue
    if (isModelRef(at)) found.set(at.id, at)
    else stack.push(...Object.values(at))
  }
}

function isModelRef(value: object): value is ModelRef {
  const { backend, id, name } = value as Partial<ModelRef>
  return typeof backend === 'string' && typeof id === 'string' && typeof name === 'string'
}
