import { TributaryError } from '../../shared/errors'
import { isJsonObject, type Json } from '../../shared/json'
import type { ParamSpec } from '../../shared/node-spec'
import { llamaNames } from './checkpoint/llama-names'
import { checkpointName } from './checkpoint/names'
import type { ParamTable, Values } from './method'

/** Which tensor a schedule is resolved for. */
export interface ScheduleAt {
  readonly tensor: string
  /** blocks of the model; 0 where it is unknown */
  readonly blocks: number
}

/** Checks given params against their table and resolves schedules for one tensor. Throws `weights-parameter` naming `owner` and the param. */
export function resolveParams<P extends ParamTable>(
  table: P,
  given: { readonly [name: string]: Json },
  at: ScheduleAt,
  owner: string,
): Values<P> {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(table, name)) refuse(owner, `has no setting named "${name}"`, `It has: ${Object.keys(table).join(', ') || 'none'}.`)
  return Object.fromEntries(
    Object.entries(table).map(([name, spec]) => [name, resolveOne(spec, given[name], at, `${owner}: ${name}`)]),
  ) as Values<P>
}

function resolveOne(spec: ParamSpec, given: Json | undefined, at: ScheduleAt, owner: string): unknown {
  const value = given ?? spec.default
  if (spec.kind === 'number') return checkNumber(spec, resolveSchedule(value, at), owner)
  if (spec.kind === 'choice')
    return spec.options.some((option) => option.value === value)
      ? value
      : refuse(owner, `is ${JSON.stringify(value)}`, `Choose one of ${spec.options.map((option) => option.value).join(', ')}.`)
  if (spec.kind === 'boolean') return typeof value === 'boolean' ? value : refuse(owner, `is ${JSON.stringify(value)}, not true or false`)
  if (spec.kind === 'text') return typeof value === 'string' ? value : refuse(owner, 'is not a text')
  return value
}

function checkNumber(spec: Extract<ParamSpec, { kind: 'number' }>, value: unknown, owner: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return refuse(owner, `is ${JSON.stringify(value) ?? 'nothing'}, not a number`)
  const { min = -Infinity, max = Infinity } = spec
  if (value < min || value > max) return refuse(owner, `is ${value}; it goes from ${min} to ${max}`)
  if (spec.integer && !Number.isInteger(value)) return refuse(owner, `is ${value}, not a whole number`)
  return value
}

/**
 * A number for this tensor: a plain number; a list of numbers as a gradient over the blocks (embedding, last norm and head take the first);
 * or `[{filter, value}, …]`: the first entry whose filter is absent, `*` or part of the tensor's name. MergeKit's rules and names. `{parts: […]}` is one number for
 * each part of the depth, all of equally many blocks (the later ones of one more where that does not come out); what stands outside the blocks takes the first.
 */
export function resolveSchedule(value: Json | undefined, at: ScheduleAt): Json | undefined {
  if (isJsonObject(value) && Array.isArray(value.parts)) return partOf(value.parts, at)
  if (!Array.isArray(value)) return value
  const list = value as readonly Json[]
  if (list.length === 0) return undefined
  if (list.every((item) => typeof item === 'number')) return gradient(list as readonly number[], at)
  for (const item of list) {
    if (!isJsonObject(item)) return undefined
    const { filter } = item
    if (filter === undefined || filter === null || filter === '*' || (typeof filter === 'string' && matches(at.tensor, filter)))
      return resolveSchedule(item.value, at)
  }
  return undefined
}

function partOf(parts: readonly Json[], { tensor, blocks }: ScheduleAt): Json | undefined {
  const block = Number(/^blk\.(\d+)\./.exec(tensor)?.[1] ?? 0)
  const last = parts.findLastIndex((_, part) => block >= Math.floor((Math.max(1, blocks) * part) / parts.length))
  return parts[last]
}

function gradient(list: readonly number[], { tensor, blocks }: ScheduleAt): number {
  const block = /^blk\.(\d+)\./.exec(tensor)?.[1]
  return gradientAt(list, block === undefined ? 0 : blocks <= 1 ? 1 : Number(block) / (blocks - 1))
}

/** The value at `share` (0 … 1) of the way from the first to the last of the list, linear between neighbours. */
export function gradientAt(list: readonly number[], share: number): number {
  const x = Math.min(1, share) * (list.length - 1)
  const low = Math.floor(x)
  const first = list[low] as number
  return first + (x - low) * ((list[low + 1] ?? first) - first)
}

/** Filters are parts of tensor names: of those that a GGUF has, or of those that the same tensor has in a checkpoint, as MergeKit's filters are. */
export function matches(tensor: string, filter: string): boolean {
  return tensor.includes(filter) || (checkpointName(tensor, llamaNames)?.includes(filter) ?? false)
}

export function refuse(owner: string, what: string, hint?: string): never {
  throw new TributaryError('weights-parameter', `${owner} ${what}.`, {
    ...(hint === undefined ? {} : { hint }),
    details: { card: 'E_PARAM' },
  })
}
