import type { Json } from '../../../shared/json'
import { operators } from '../operators'
import { paramValues } from '../params'
import { Row } from '../row'

export type Inputs = Readonly<Record<string, Row | readonly Row[]>>

/** One position of an operator, with the params that are not given at their defaults; lazy inputs come only when it wants them. */
export function applyRow(name: string, inputs: Inputs, params: Record<string, Json> = {}, state?: unknown): Row {
  const operator = operators.get(name)
  if (operator === undefined) throw new Error(`no operator ${name}`)
  const first = Object.values(inputs).flat()[0] as Row
  const out = new Row(new Float32Array(first.values.length))
  const values = paramValues(operator.spec, params)
  const step = { inputs, params: values, state: state ?? operator.work.start?.(values) }
  const wanted = (operator.work.wants?.(step as never) as string[] | undefined) ?? Object.keys(inputs)
  const lazy = Object.entries(operator.spec.inputs).flatMap(([port, input]) => (input.lazy ? [port] : []))
  const seen = Object.fromEntries(Object.entries(inputs).filter(([port]) => !lazy.includes(port) || wanted.includes(port)))
  operator.work.apply({ ...step, inputs: seen } as never, out)
  return out
}
