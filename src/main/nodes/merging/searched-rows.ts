import { TributaryError } from '../../../shared/errors'
import { hashJson } from '../../../shared/hash'
import type { Json, JsonObject } from '../../../shared/json'
import type { Dataset } from '../../../shared/value'
import { type Row, type RowsAsked, rowsOf, rowsParams } from './objectives'

/** Rows that a search or a choice is made on: what is chosen on them they cannot judge any more. */
export const searchedRowsParams = {
  ...rowsParams,
  onTest: {
    kind: 'boolean',
    default: false,
    advanced: true,
    title: 'Search on test rows',
    summary: 'take rows that are kept for testing all the same; the file of the result says so',
  },
} as const

export interface SearchedRowsAsked extends RowsAsked {
  readonly onTest: boolean
}

/** Throws `data-kept` for rows that are kept for testing, and what `rowsOf` throws. */
export function searchedRows(data: Dataset, params: SearchedRowsAsked): Row[] {
  if (data.use === 'test' && !params.onTest)
    throw new TributaryError('data-kept', `The rows of ${data.name} are kept for testing: what is searched on them, they cannot test.`, {
      hint: 'Wire other rows, or allow it under Search on test rows; the result will say so.',
    })
  return rowsOf(data, params)
}

/** What a merge keeps of how its numbers were found. */
export const searchRecord = (
  node: string,
  { data, rows, ...found }: { readonly data: Dataset; readonly rows: readonly Row[] } & { readonly [name: string]: unknown },
): JsonObject => ({
  node,
  ...(JSON.parse(JSON.stringify(found)) as JsonObject),
  rows: { name: data.name, count: rows.length, hash: hashJson(rows as unknown as Json), keptFor: data.use ?? 'not said' },
})
