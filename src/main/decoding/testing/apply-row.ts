import type { Json } from '../../../shared/json'
import { operators } from '../operators'
import { paramValues } from '../params'
import { Row } from '../row'

export type Inputs = Readonly<Record<string, Row | readonly Row[]>>

/** What an operator has beside its rows: what it made before the first token, what it asked for at this one, and the size of its own vocabulary. */
export interface Found {
  readonly bridge?: unknown
  readonly advice?: unknown
  readonly size?: number
}

/** One position of an operator, with the params that are not given at their defaults; lazy inputs come only when it wants them. */
export function applyRow(name: string, inputs: Inputs, params: Record<string, Json> = {}, state?: unknown, found: Found = {}): Row {
  const operator = operators.get(name)
  if (operator === undefined) throw new Error(`no operator ${name}`)
  const first = Object.values(inputs).flat()[0] as Row
  const out = new Row(new Float32Array(found.size ?? first.values.length))
  const values = paramValues(operator.spec, params)
  const step = { inputs, params: values, state: state ?? operator.work.start?.(values), bridge: found.bridge, advice: found.advice }
  const wanted = (operator.work.wants?.(step as never) as string[] | undefined) ?? Object.keys(inputs)
  const lazy = Object.entries(operator.spec.inputs).flatMap(([port, input]) => (input.lazy ? [port] : []))
  const seen = Object.fromEntries(Object.entries(inputs).filter(([port]) => !lazy.includes(port) || wanted.includes(port)))
  operator.work.apply({ ...step, inputs: seen } as never, out)
  return out
}
