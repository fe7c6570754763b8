import { existsSync, readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import type { Json, JsonObject } from '../../shared/json'
import { jsonValue } from '../../shared/json-schema'
import { type Quantity, quantities } from '../../shared/quantity'
import { isCheckpoint } from './checkpoint/open'
import { readGgufHeader } from './gguf/read-header'
import { numberOf, textOf } from './gguf/types/header'
import { openSafetensors } from './safetensors/open'

/** What a merged file says of where it comes from. */
export interface FileProvenance {
  /** canonical JSON of the expression and all else that decides its bytes; see `recipeOf` */
  readonly recipe: string
  readonly inputs: readonly { readonly name: string; readonly sha256: string }[]
  readonly seed: number
  /** of the engine */
  readonly version: string
  readonly warnings: readonly string[]
  readonly statistics: readonly KeptStatistics[]
  /** of the searches that found its numbers: what was tried on which rows */
  readonly searches: readonly JsonObject[]
  /** as the sources' files say, joined by AND */
  readonly licence?: string
  /** what a canary check found of it afterwards */
  readonly canary?: Readonly<Record<string, Json>>
}

/** Statistics that a merge weighed by; the numbers themselves are not in the file. */
export interface KeptStatistics {
  /** SHA-256 of their table */
  readonly blob: string
  readonly quantities: readonly Quantity[]
  /** as the node that measured them tells */
  readonly made?: JsonObject
}

const keptSchema = z
  .array(
    z.object({
      blob: z.string().regex(/^[0-9a-f]{64}$/),
      quantities: z.array(z.enum(quantities)),
      made: z.record(z.string(), jsonValue).optional(),
    }),
  )
  .max(512)
const searchesSchema = z.array(z.record(z.string(), jsonValue)).max(64)
const inputsSchema = z.array(z.object({ name: z.string(), sha256: z.string() })).max(256)

/** Undefined for a file that was not merged here. Throws what the reader of the file throws. */
export async function provenanceOf(path: string): Promise<FileProvenance | undefined> {
  const text = await textsOf(path)
  const recipe = text('tributary.recipe')
  if (recipe === undefined) return undefined
  const licence = text('general.license')
  return {
    recipe,
    inputs: parsed(inputsSchema, text('tributary.merge.inputs')),
    seed: Number(text('tributary.merge.seed') ?? 0),
    version: text('tributary.merge.version') ?? '',
    warnings: text('tributary.merge.warnings')?.split('\n') ?? [],
    statistics: parsed(keptSchema, text('tributary.merge.statistics')) as KeptStatistics[],
    searches: parsed(searchesSchema, text('tributary.merge.search')) as JsonObject[],
    ...(licence === undefined ? {} : { licence }),
    ...canaryOf(path),
  }
}

/** Where the result of a check lies beside a model. */
export const checkFileOf = (path: string): string => `${path}.canary.json`

function canaryOf(path: string): Pick<FileProvenance, 'canary'> {
  const file = checkFileOf(path)
  if (!existsSync(file) || statSync(file).size > 65_536) return {}
  const [canary] = parsed(searchesSchema, `[${readFileSync(file, 'utf8')}]`)
  return canary === undefined ? {} : { canary }
}

async function textsOf(path: string): Promise<(key: string) => string | undefined> {
  if (isCheckpoint(path)) {
    const { metadata } = openSafetensors(path)
    return (key) => (Object.hasOwn(metadata, key) ? metadata[key] : undefined)
  }
  // the first part of a model in several holds what is said of it, and is no model alone
  const { metadata } = await readGgufHeader(path, { expect: 'any' })
  return (key) => textOf(metadata, key) ?? numberOf(metadata, key)?.toString()
}

/** Another's file may say anything here; what is no such list counts for none. */
function parsed<T>(schema: z.ZodType<T[]>, text: string | undefined): T[] {
  try {
    return schema.parse(JSON.parse(text ?? '[]'))
  } catch {
    return []
  }
}
