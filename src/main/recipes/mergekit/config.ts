import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import { jsonValue } from '../../../shared/json-schema'

/** The YAML configurations of MergeKit (Goddard et al. 2024, arXiv:2403.13257), as far as a graph can say the same. Unknown keys are kept, to be reported. */
const setting = jsonValue
const parameters = z.record(z.string().max(64), setting).nullish()
const name = z.string().max(400)
const layerRange = z.tuple([z.number().int().min(0).max(999), z.number().int().min(0).max(1000)])

const modelEntry = z.looseObject({ model: jsonValue, parameters })
const sourceEntry = z.looseObject({ model: jsonValue, layer_range: layerRange, parameters })
const sliceEntry = z.looseObject({ sources: z.array(sourceEntry).min(1).max(64), parameters, base_model: jsonValue.nullish() })
const body = { models: z.array(modelEntry).min(1).max(256).nullish(), slices: z.array(sliceEntry).min(1).max(512).nullish() }
const moduleEntry = z.looseObject({ ...body, parameters })

const configSchema = z.looseObject({
  name: name.nullish(),
  merge_method: z.string().max(64),
  base_model: jsonValue.nullish(),
  ...body,
  modules: z.record(z.string(), moduleEntry).nullish(),
  parameters,
  dtype: z.string().max(32).nullish(),
  out_dtype: z.string().max(32).nullish(),
  tokenizer_source: jsonValue.nullish(),
  tokenizer: jsonValue.nullish(),
  chat_template: z.string().nullish(),
})

export type MergekitConfig = z.infer<typeof configSchema>
export type Slice = z.infer<typeof sliceEntry>
export type Entry = z.infer<typeof modelEntry>
export type Parameters = Readonly<Record<string, Json>> | null | undefined

const mostBytes = 2 ** 20
const mostDocuments = 256

/** A text that names a merge method at the beginning of a line is taken for a configuration. */
export const isMergekit = (text: string): boolean => /^merge_method\s*:/m.test(text)

/** Reads one or several configurations (a chain, separated by `---`). Throws `graph-format` with the line, or the key that is not as it should be. */
export function parseMergekit(text: string): MergekitConfig[] {
  if (text.length > mostBytes) throw bad('is too long')
  const documents = parseAllDocuments(text)
  if (!Array.isArray(documents) || documents.length === 0) throw bad('is empty')
  if (documents.length > mostDocuments) throw bad(`has more than ${mostDocuments} documents`)
  return documents.map((document) => {
    const [error] = document.errors
    if (error) throw bad(`cannot be read: ${error.message.split('\n')[0]}`, error.linePos?.[0].line)
    const parsed = configSchema.safeParse(document.toJS({ maxAliasCount: 100 }))
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    throw bad(`is not as it should be: ${issue?.path.join('.') || 'it'}: ${issue?.message}`)
  })
}

function bad(what: string, line?: number): TributaryError {
  return new TributaryError('graph-format', `This MergeKit configuration ${what}.`, {
    hint: 'It needs a merge_method and models, slices or modules.',
    ...(line === undefined ? {} : { place: { line } }),
  })
}
