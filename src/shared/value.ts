import { z } from 'zod'
import type { DistributionExpression, DrafterExpression, WeightsExpression } from './expression'
import type { Json } from './json'
import { jsonValue } from './json-schema'
import { quantities } from './quantity'
import type { WireKind } from './wire'

/** What flows on each kind of wire. All values are plain JSON: they are hashed, stored, sent and shown as they are. */

export const chatMessage = z.object({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string(),
})
export type ChatMessage = z.infer<typeof chatMessage>

/** A document, or a passage of one (then `of` names the document and `start`/`end` are UTF-16 offsets in its text). */
export const document = z.object({
  id: z.string(),
  text: z.string(),
  title: z.string().optional(),
  source: z.string().optional(),
  of: z.string().optional(),
  start: z.number().int().optional(),
  end: z.number().int().optional(),
  score: z.number().optional(),
})
export type Document = z.infer<typeof document>

export const candidate = z.object({
  text: z.string(),
  source: z.string().optional(),
  /** sum of natural log-probabilities of its tokens under the model that wrote it */
  logprob: z.number().optional(),
  tokens: z.number().int().optional(),
  score: z.number().optional(),
  rank: z.number().int().optional(),
})
export type Candidate = z.infer<typeof candidate>

/** A statement that an answer makes; `start`/`end` are UTF-16 offsets in the answer where it was found. */
export const claim = z.object({
  id: z.string(),
  text: z.string(),
  start: z.number().int().optional(),
  end: z.number().int().optional(),
})
export type Claim = z.infer<typeof claim>

/** Probabilities of natural-language inference; they sum to 1. */
export const entailment = z.object({
  entailment: z.number(),
  neutral: z.number(),
  contradiction: z.number(),
})
export type Entailment = z.infer<typeof entailment>

export const evidence = z.object({
  document: z.string(),
  title: z.string().optional(),
  text: z.string(),
  entailment,
})
export type Evidence = z.infer<typeof evidence>

export const verdictLabels = ['supported', 'refuted', 'unknown'] as const
export const verdict = z.object({
  claim,
  label: z.enum(verdictLabels),
  /** of the strongest evidence for the label */
  entailment,
  evidence: z.array(evidence),
})
export type Verdict = z.infer<typeof verdict>

export const score = z.object({
  name: z.string(),
  value: z.number(),
  /** in words, where the number alone would mislead */
  says: z.string().optional(),
  /** what the number counts; scores of one unit can be compared */
  unit: z.string().optional(),
})
export type Score = z.infer<typeof score>

export const dataset = z.object({
  name: z.string(),
  /** what its rows are kept for: searching and choosing, or testing what was chosen; absent: nobody said */
  use: z.enum(['dev', 'test']).optional(),
  columns: z.array(z.string()),
  rows: z.array(z.record(z.string(), jsonValue)),
})
export type Dataset = z.infer<typeof dataset>

/** Names a model by content, never by path. The shelf (`src/main/models/shelf.ts`) finds the file; a remote backend is named by its settings' id. */
export const modelRef = z.object({
  backend: z.enum(['llama-cpp', 'openai-compatible', 'fake']),
  /** SHA-256 of the file (llama-cpp), or `<backend id>/<model name>` */
  id: z.string(),
  name: z.string(),
  architecture: z.string().optional(),
  /** fingerprint of the vocabulary: equal fingerprints may meet token by token */
  vocabulary: z.string().optional(),
  sizeBytes: z.number().int().optional(),
})
export type ModelRef = z.infer<typeof modelRef>

/** A searchable index, kept as a blob; `key` is the hash of what it was built from. */
export const indexRef = z.object({
  key: z.string(),
  blob: z.string(),
  passages: z.number().int(),
  documents: z.number().int(),
  embedder: modelRef.optional(),
})
export type IndexRef = z.infer<typeof indexRef>

/** What was measured of a model. The numbers lie in a blob: arrays by matrix and quantity. */
export const statisticsRef = z.object({
  blob: z.string(),
  /** whose, as people call it */
  model: z.string(),
  quantities: z.array(z.enum(quantities)),
  texts: z.number().int(),
  tokens: z.number().int(),
  /** nats a token of the texts, where they were measured */
  loss: z.number().optional(),
  /** mean entropy of the predictions, in nats */
  entropy: z.number().optional(),
  /** what stands in for the real thing, in a sentence; absent: measured exactly */
  approximation: z.string().optional(),
})
export type StatisticsRef = z.infer<typeof statisticsRef>

export interface WireData {
  text: string
  number: number
  boolean: boolean
  messages: ChatMessage[]
  documents: Document[]
  dataset: Dataset
  candidates: Candidate[]
  claims: Claim[]
  verdicts: Verdict[]
  scores: Score[]
  json: Json
  index: IndexRef
  model: ModelRef
  drafter: DrafterExpression
  distribution: DistributionExpression
  weights: WeightsExpression
  statistics: StatisticsRef
  any: unknown
}

const expression = z.custom<never>((value) => typeof value === 'object' && value !== null)

export const wireSchemas: {
  readonly [Kind in WireKind]: z.ZodType<WireData[Kind]>
} = {
  text: z.string(),
  number: z.number(),
  boolean: z.boolean(),
  messages: z.array(chatMessage),
  documents: z.array(document) as z.ZodType<Document[]>,
  dataset: dataset as z.ZodType<Dataset>,
  candidates: z.array(candidate) as z.ZodType<Candidate[]>,
  claims: z.array(claim) as z.ZodType<Claim[]>,
  verdicts: z.array(verdict) as z.ZodType<Verdict[]>,
  scores: z.array(score),
  json: jsonValue,
  index: indexRef as z.ZodType<IndexRef>,
  model: modelRef as z.ZodType<ModelRef>,
  drafter: expression,
  distribution: expression,
  weights: expression,
  statistics: statisticsRef as z.ZodType<StatisticsRef>,
  any: z.unknown(),
}

/** A value on a wire. `list: true` means that `data` is an array of values of this kind, which a port of that kind maps over. */
export interface WireValue {
  readonly kind: WireKind
  readonly list?: boolean
  readonly data: unknown
}

/** The value as the kind that a port takes (`coercions` in wire.ts); equal kinds pass unchanged. Throws a TypeError where no coercion exists. */
export function coerce(value: WireValue, to: WireKind): WireValue {
  if (value.kind === to || to === 'any' || value.kind === 'any') return value
  if (value.list)
    return {
      kind: to,
      list: true,
      data: (value.data as unknown[]).map((data) => coerce({ kind: value.kind, data }, to).data),
    }
  if (to === 'json') return { kind: 'json', data: value.data }
  if (to === 'text' && (value.kind === 'number' || value.kind === 'boolean')) return { kind: 'text', data: String(value.data) }
  if (to === 'messages' && value.kind === 'text') return { kind: 'messages', data: [{ role: 'user', content: value.data }] }
  throw new TypeError(`no way from ${value.kind} to ${to}`)
}
