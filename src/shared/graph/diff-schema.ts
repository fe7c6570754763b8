import { z } from 'zod'
import type { Diff } from './diff'

const records = z.record(z.string(), z.json())

/** A difference as it arrives from another process: three records by path, nothing else. What it says is checked by loading the document that it makes. */
export const diffSchema = z.strictObject({
  added: records,
  updated: z.record(z.string(), z.tuple([z.json(), z.json()])),
  removed: records,
})

export const isDiff = (value: unknown): value is Diff => diffSchema.safeParse(value).success
