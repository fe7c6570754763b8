import { TributaryError } from '../../shared/errors'
import type { Json } from '../../shared/json'
import { paramTitle } from '../../shared/names'
import type { ParamSpec } from '../../shared/node-spec'

/** Params of an operator or a drafter: defaults filled in, ranges checked. Unknown names and values out of range throw `input-type` with the param's name. */
export function paramValues(
  spec: { readonly title: string; readonly params: { readonly [name: string]: ParamSpec } },
  given: { readonly [name: string]: Json },
): Record<string, Json> {
  for (const name of Object.keys(given)) {
    if (!(name in spec.params))
      throw new TributaryError('input-type', `${spec.title} has no setting called “${name}”.`, { place: { port: name } })
  }
  const values: Record<string, Json> = {}
  for (const [name, param] of Object.entries(spec.params)) {
    const value = given[name] ?? param.default
    const problem = problemOf(param, value)
    if (problem !== undefined)
      throw new TributaryError('input-type', `“${paramTitle(name, param)}” of ${spec.title} ${problem}.`, { place: { port: name } })
    values[name] = value
  }
  return values
}

function problemOf(param: ParamSpec, value: Json): string | undefined {
  switch (param.kind) {
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) return 'is not a number'
      if (param.integer && !Number.isInteger(value)) return `is a whole number, not ${value}`
      if (param.min !== undefined && value < param.min) return `is at least ${param.min}, not ${value}`
      if (param.max !== undefined && value > param.max) return `is at most ${param.max}, not ${value}`
      return undefined
    case 'text':
      return typeof value === 'string' ? undefined : 'is not a text'
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'is neither true nor false'
    case 'choice':
      return param.options.some((option) => option.value === value)
        ? undefined
        : `is none of ${param.options.map((o) => o.value).join(', ')}`
    case 'model':
    case 'resource':
    case 'json':
      return undefined
    default:
      return param satisfies never
  }
}
