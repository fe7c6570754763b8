import type { Json } from './json'

/** A setting that holds one number for each wire of a port, as it stands in a graph: a JSON list, or text with commas. Pure. */
export interface PerWire {
  /** the port whose wires are counted, in their order */
  readonly port: string
  /** what an empty list says, in a word: `equal` */
  readonly empty: string
  /** what a wire has that was given no number while another was; `share`: one part of as many as there are wires */
  readonly fill: number | 'share'
}

/** The numbers of `count` wires, none where the list is empty; undefined where it holds anything else (a schedule, a slip), which only its raw form can show. */
export function perWireNumbers(value: Json, count: number): readonly number[] | undefined {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'number') ? (value as number[]) : undefined
  if (typeof value !== 'string') return undefined
  if (value.trim() === '') return []
  const numbers = value.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  if (!numbers.every(Number.isFinite)) return undefined
  return numbers.length === 1 ? Array.from({ length: count }, () => numbers[0] as number) : numbers
}

/** The list in which wire `index` has this number, and each of the others what it had or the filling; without a number: the empty list. Keeps the form of `value`. */
export function withNumber(value: Json, count: number, index: number, next: number | undefined, { fill }: PerWire): Json {
  const isText = typeof value === 'string'
  if (next === undefined) return isText ? '' : []
  const known = perWireNumbers(value, count) ?? []
  const filling = fill === 'share' ? Number((1 / count).toPrecision(4)) : fill
  const numbers = Array.from({ length: count }, (_, i) => (i === index ? next : (known[i] ?? filling)))
  return isText ? numbers.join(', ') : numbers
}
