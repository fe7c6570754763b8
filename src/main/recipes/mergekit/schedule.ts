import { isJsonObject, type Json } from '../../../shared/json'
import { gradientAt } from '../../weights/settings'
import type { Parameters } from './config'

/** Settings in the order in which MergeKit looks them up, and the layers of the result for which they hold; undefined: for all of the model. */
export interface Level {
  readonly layers: readonly [from: number, to: number] | undefined
  readonly settings: readonly Parameters[]
}

/**
 * A setting as one schedule of ours. Of one level: the first value that a tensor's filters let through, then the default. Of several (slices): the same
 * for each layer by its name, the embedding by the first slice, final norm and head by the last, all three at the beginning of their gradients.
 */
export function scheduleOf(name: string, levels: readonly Level[], fallback: Json | undefined): Json | undefined {
  const of = ({ settings }: Level): Json[] => {
    const found = settings.flatMap((one) => (one && Object.hasOwn(one, name) ? conditions(one[name] as Json) : []))
    return found.some((value) => isJsonObject(value) && value.filter == null) || fallback === undefined
      ? found
      : [...found, { value: fallback }]
  }
  const [first, ...others] = levels
  if (first === undefined) return fallback
  if (others.length === 0) return simplest(of(first))
  const lists = levels.map(of)
  if (lists.every((list) => JSON.stringify(list) === JSON.stringify(lists[0])) && !hasGradient(lists[0] ?? []))
    return simplest(lists[0] ?? [])
  const perLayer = levels.flatMap(({ layers = [0, 0] }, index) =>
    Array.from({ length: layers[1] - layers[0] }, (_, layer) => {
      const share = layers[1] - layers[0] === 1 ? 1 : layer / (layers[1] - layers[0] - 1)
      return { filter: `blk.${layers[0] + layer}.`, value: at(lists[index] ?? [], share) }
    }),
  )
  const tail = at(lists.at(-1) ?? [], 0)
  return [...perLayer, { filter: 'lm_head', value: tail }, { filter: 'model.norm', value: tail }, { value: at(lists[0] ?? [], 0) }] as Json
}

/** MergeKit's forms of a setting as one list of conditions. */
function conditions(value: Json): Json[] {
  if (Array.isArray(value) && value.some(isJsonObject)) return value as Json[]
  return isJsonObject(value) ? [value] : [{ value }]
}

/** A list that begins with an unconditional value is that value. */
function simplest(list: readonly Json[]): Json | undefined {
  const [first] = list
  if (first === undefined) return undefined
  if (isJsonObject(first) && (first.filter == null || first.filter === '*')) return first.value
  return list as Json
}

const hasGradient = (list: readonly Json[]): boolean => list.some((item) => isJsonObject(item) && Array.isArray(item.value))

/** The conditions with their gradients taken at `share` of the way. */
function at(list: readonly Json[], share: number): Json {
  const fixed = list.map((item): Json => {
    if (!isJsonObject(item) || !Array.isArray(item.value)) return item
    return { ...item, value: gradientAt(item.value as number[], share) }
  })
  return simplest(fixed) ?? 0
}
