import { z } from 'zod'
import { modelAlias, slug } from '../graph/document'
import { jsonValue } from '../json-schema'

/** What is tried: the graph with some params or models set otherwise. The first variant is the one that others are compared with. */
export const batchVariant = z.object({
  name: z.string().min(1).max(60),
  /** `node.param` → value */
  set: z.record(z.string().max(200), jsonValue).default({}),
  models: z.record(slug, modelAlias).default({}),
})
export type BatchVariant = z.infer<typeof batchVariant>

/** What is measured of each answer: a metric file of the house, an output of the graph, and where a row says what was expected. */
export const metricUse = z.object({
  /** column heading, and how an assertion names it */
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/),
  kind: z.string().max(40),
  output: z.string().max(64).optional(),
  /** path into the row */
  expected: z.string().max(400).optional(),
  options: z.record(z.string().max(40), z.union([z.string().max(400), z.number(), z.boolean()])).default({}),
})
export type MetricUse = z.infer<typeof metricUse>

/** Everything that decides what a batch computes. The graph and the rows are kept beside it as they were. */
export const batchDefinition = z.object({
  name: z.string().max(200).default(''),
  /** input of the graph → path into the row; inputs that are not here keep their defaults */
  map: z.record(slug, z.string().max(400)),
  variants: z
    .array(batchVariant)
    .min(1)
    .max(8)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'two variants have one name'),
  metrics: z
    .array(metricUse)
    .max(16)
    .default([])
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'two metrics have one name'),
  /** seed of every item's run, so that an item that runs again is a hit of the cache */
  seed: z.number().int().min(0).max(0xffffffff).default(0),
  /** go on after an item has failed */
  keepGoing: z.boolean().default(true),
})
export type BatchDefinition = z.infer<typeof batchDefinition>

export const batchLimits = { concurrency: 16, rows: 1_000_000 } as const
