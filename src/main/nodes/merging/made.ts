import { hashJson } from '../../../shared/hash'
import type { Json, JsonObject } from '../../../shared/json'
import type { Dataset } from '../../../shared/value'

interface Source {
  /** of the node that measured */
  readonly params: object
  readonly models?: readonly string[]
  readonly data?: Dataset
  readonly seed?: number
  /** what stands in for the real thing, in a sentence */
  readonly approximation?: string
}

/** How statistics came to be, to be kept with them: enough to measure them again, and to know whether the texts are the same. */
export const madeBy = (node: string, { params, models, data, seed, approximation }: Source): JsonObject => ({
  node,
  params: JSON.parse(JSON.stringify(params)) as Json,
  ...(models ? { models } : {}),
  ...(data ? { texts: { name: data.name, rows: data.rows.length, hash: hashJson(data.rows as Json) } } : {}),
  ...(seed === undefined ? {} : { seed }),
  ...(approximation === undefined ? {} : { approximation }),
})
