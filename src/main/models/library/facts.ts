import { createHash } from 'node:crypto'
import { z } from 'zod'
import { modelShapeOf } from '../../weights/gguf/model-shape'
import { type GgufHeader, numberOf, perBlockOf, textOf } from '../../weights/gguf/types/header'
import { vocabularyFingerprint } from '../../weights/gguf/vocabulary'

/** Grows when a fact is added. Rows of older versions hold what they hold until their file is looked at again. */
export const factsVersion = 3

/** What a model file says of itself, small enough to keep in the store. */
export const modelFacts = z.object({
  v: z.number().int().min(1).max(factsVersion),
  architecture: z.string(),
  parameters: z.number().int().min(0),
  quantization: z.string(),
  contextTokens: z.number().int().min(0),
  embeddingDimensions: z.number().int().min(0),
  blocks: z.number().int().min(0),
  /** fingerprint; equal ones may meet token by token */
  vocabulary: z.string().optional(),
  vocabularySize: z.number().int().optional(),
  /** hash of the chat template; absent where there is none */
  template: z.string().optional(),
  /** hash of the names and shapes of all tensors; equal ones may be merged */
  shapes: z.string(),
  writesText: z.boolean(),
  /** what its contexts take; of models that write text */
  shape: z
    .object({
      architecture: z.string(),
      vocabularySize: z.number().int().min(0),
      hasMerges: z.boolean(),
      embeddingDimensions: z.number().int().min(0),
      attentionHeads: z.number().int().min(1),
      feedForward: z.number().int().min(0).optional(),
      hasFloatWeights: z.boolean(),
      cache: z
        .object({ layers: z.number().min(0), heads: z.number().min(0), keys: z.number().min(0), values: z.number().min(0) })
        .optional(),
    })
    .optional(),
  /** what an encoder of pairs tells apart (NLI model, reranker), in order; absent for all other models */
  labels: z.array(z.string()).optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  licence: z.string().optional(),
})
export type ModelFacts = z.infer<typeof modelFacts>

type ReadHeader = Pick<GgufHeader, 'metadata' | 'tensors'>

/** Reads the facts off a checked header. */
export function factsOf(header: ReadHeader): ModelFacts {
  const { metadata, tensors } = header
  const architecture = textOf(metadata, 'general.architecture') ?? 'unknown'
  const number = (key: string): number => Math.max(0, ...(perBlockOf(metadata, `${architecture}.${key}`) ?? [0]))
  const tokens = metadata.get('tokenizer.ggml.tokens')
  const template = textOf(metadata, 'tokenizer.chat_template')
  const isEncoder = metadata.get(`${architecture}.attention.causal`)?.value === false || architecture.includes('bert')
  const optional = {
    vocabulary: vocabularyFingerprint(metadata),
    vocabularySize: tokens?.type === 'array' ? tokens.value.length : undefined,
    template: template === undefined ? undefined : shortHash(template),
    title: textOf(metadata, 'general.name'),
    description: textOf(metadata, 'general.description'),
    licence: textOf(metadata, 'general.license'),
    labels: labelsOf(metadata, architecture),
    shape: isEncoder ? undefined : modelShapeOf(header),
  }
  return {
    v: factsVersion,
    architecture,
    parameters: tensors.reduce((sum, tensor) => sum + tensor.elements, 0),
    quantization: quantizationOf(header),
    contextTokens: number('context_length'),
    embeddingDimensions: number('embedding_length'),
    blocks: number('block_count'),
    shapes: shortHash(
      tensors
        .map(({ name, shape }) => `${name}:${shape.join('x')}`)
        .sort()
        .join('\n'),
    ),
    writesText: !isEncoder,
    ...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as Partial<ModelFacts>),
  }
}

/** llama.cpp's number for a head that reads the first token of a pair. */
const rankPooling = 4

/** A head without names has one output: relevance. */
function labelsOf(metadata: GgufHeader['metadata'], architecture: string): string[] | undefined {
  if (numberOf(metadata, `${architecture}.pooling_type`) !== rankPooling) return undefined
  const labels = metadata.get(`${architecture}.classifier.output_labels`)
  return labels?.type === 'array' ? labels.value.map(String) : ['relevance']
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32)

/** llama.cpp's numbers for what a file is mostly made of. */
const fileTypes: Readonly<Record<number, string>> = {
  0: 'F32',
  1: 'F16',
  2: 'Q4_0',
  3: 'Q4_1',
  7: 'Q8_0',
  8: 'Q5_0',
  9: 'Q5_1',
  10: 'Q2_K',
  11: 'Q3_K_S',
  12: 'Q3_K_M',
  13: 'Q3_K_L',
  14: 'Q4_K_S',
  15: 'Q4_K_M',
  16: 'Q5_K_S',
  17: 'Q5_K_M',
  18: 'Q6_K',
  32: 'BF16',
}

/** The mix that the file names; a file that names none is called by the type that most of its bytes have. */
function quantizationOf({ metadata, tensors }: ReadHeader): string {
  const named = fileTypes[numberOf(metadata, 'general.file_type') ?? -1]
  if (named !== undefined) return named
  const bytes = new Map<string, number>()
  for (const tensor of tensors) bytes.set(tensor.type, (bytes.get(tensor.type) ?? 0) + tensor.byteLength)
  return [...bytes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'none'
}

/** 134515008 → `135M`: as people speak of it. */
export function formatParameters(parameters: number): string {
  if (parameters >= 1e9) return `${(parameters / 1e9).toFixed(parameters < 1e10 ? 1 : 0)}B`
  if (parameters >= 1e6) return `${Math.round(parameters / 1e6)}M`
  return parameters >= 1e5 ? `${(parameters / 1e6).toFixed(1)}M` : `${Math.round(parameters / 1e3)}k`
}
