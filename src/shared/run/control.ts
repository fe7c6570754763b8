import { z } from 'zod'
import { jsonValue } from '../json-schema'
import type { WireValue } from '../value'
import { tokenBreak } from './token-break'

/**
 * How a person holds a run while they look into it: where it pauses, and which outputs are pinned to a value. It belongs to the person and not to
 * the graph: it is never in a graph file, and a run without a window knows nothing of it unless it is told.
 */

/** A question about the value on a wire, as data. Texts are compared without regard to case; `longer` and `shorter` count characters of a text, items of a list. */
export const wireCondition = z.discriminatedUnion('is', [
  z.object({ is: z.literal('any') }),
  z.object({ is: z.literal('empty') }),
  z.object({ is: z.literal('contains'), text: z.string().min(1).max(1000) }),
  z.object({ is: z.literal('lacks'), text: z.string().min(1).max(1000) }),
  z.object({ is: z.literal('longer'), than: z.number().int().min(0) }),
  z.object({ is: z.literal('shorter'), than: z.number().int().min(0) }),
  z.object({ is: z.literal('above'), than: z.number() }),
  z.object({ is: z.literal('below'), than: z.number() }),
])
export type WireCondition = z.infer<typeof wireCondition>

/** A node by the way to it through containers: `outer/inner/node`, at the top its id. It stands for all items of a Map, all turns of a Loop. */
const place = z.string().max(1000)

/** Pauses before the node at the end of the wire runs, when what came on the wire meets the condition. `in`: the containers around it, `outer/inner/`. */
export const wireBreak = z.object({
  from: z.string().max(200),
  to: z.string().max(200),
  in: place.optional(),
  when: wireCondition,
})
export type WireBreak = z.infer<typeof wireBreak>

/** place of a node → output → value */
export const pins = z.record(place, z.record(z.string().max(128), jsonValue))
export type Pins = z.infer<typeof pins>

export const breakpoints = z.array(place).max(2000)

export const wireBreaks = z.array(wireBreak).max(2000)
export const tokenBreaks = z.array(tokenBreak).max(2000)

export const runControl = z.object({
  breakpoints: breakpoints.default([]),
  wireBreaks: wireBreaks.default([]),
  tokenBreaks: tokenBreaks.default([]),
  pins: pins.default({}),
})
export type RunControl = z.infer<typeof runControl>

export const noControl: RunControl = { breakpoints: [], wireBreaks: [], tokenBreaks: [], pins: {} }

/** Does a value meet a condition? One that does not apply to this kind of value is not met. */
export function meets({ data, list }: Pick<WireValue, 'data'> & { readonly list?: boolean }, condition: WireCondition): boolean {
  const text = typeof data === 'string' ? data : (JSON.stringify(data) ?? '')
  const length = list || Array.isArray(data) ? (data as readonly unknown[]).length : text.length
  switch (condition.is) {
    case 'any':
      return true
    case 'empty':
      return data === null || length === 0 || (typeof data === 'string' && data.trim() === '')
    case 'contains':
      return text.toLowerCase().includes(condition.text.toLowerCase())
    case 'lacks':
      return !text.toLowerCase().includes(condition.text.toLowerCase())
    case 'longer':
      return length > condition.than
    case 'shorter':
      return length < condition.than
    case 'above':
      return typeof data === 'number' && data > condition.than
    case 'below':
      return typeof data === 'number' && data < condition.than
    default:
      return condition satisfies never
  }
}

/** The condition in words: “contains “error””. */
export function tellCondition(condition: WireCondition): string {
  switch (condition.is) {
    case 'any':
      return 'brings a value'
    case 'empty':
      return 'is empty'
    case 'contains':
      return `contains “${condition.text}”`
    case 'lacks':
      return `does not contain “${condition.text}”`
    case 'longer':
      return `is longer than ${condition.than}`
    case 'shorter':
      return `is shorter than ${condition.than}`
    case 'above':
      return `is above ${condition.than}`
    case 'below':
      return `is below ${condition.than}`
    default:
      return condition satisfies never
  }
}
