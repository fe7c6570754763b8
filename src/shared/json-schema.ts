import { z } from 'zod'
import type { Json } from './json'

/** Any JSON value, checked. Apart from `json.ts`, so that threads that only compute need not load a schema library. */
export const jsonValue: z.ZodType<Json, Json> = z.json() as unknown as z.ZodType<Json, Json>
