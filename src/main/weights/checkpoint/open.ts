import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import { openSafetensors } from '../safetensors/open'
import { planBert } from './bert'
import { planGemma } from './gemma'
import { planGemma2 } from './gemma2'
import { planGemma3 } from './gemma3'
import { planLlama } from './llama'
import type { Checkpoint, CheckpointType, ConversionPlan } from './plan'
import { planQwen2 } from './qwen2'
import { planQwen3 } from './qwen3'

/** The files of a checkpoint in Hugging Face's layout. */
export interface CheckpointFiles {
  /** a `.safetensors` file or a `.safetensors.index.json` */
  readonly weights: string
  readonly config: string
  /** tokenizer.json */
  readonly tokenizer?: string | undefined
  /** tokenizer.model of SentencePiece */
  readonly sentencePiece?: string | undefined
  readonly tokenizerConfig?: string | undefined
  readonly pooling?: string | undefined
}

export interface CheckpointRequest {
  readonly files: CheckpointFiles
  readonly name: string
  readonly licence?: string | undefined
  readonly dtype: CheckpointType
  readonly sourceSha256?: string
}

/** Whether a path is that of a checkpoint's weights rather than a GGUF. */
export const isCheckpoint = (path: string): boolean => path.endsWith('.safetensors') || path.endsWith('.safetensors.index.json')

/** The JSON files beside the weights. Throws `file-format` where config.json or the tokenizer is missing. */
export function checkpointFiles(weights: string): CheckpointFiles {
  const beside = (...name: string[]): string | undefined => {
    const path = join(dirname(weights), ...name)
    return existsSync(path) ? path : undefined
  }
  const [config, tokenizer, sentencePiece] = [beside('config.json'), beside('tokenizer.json'), beside('tokenizer.model')]
  if (config === undefined || (tokenizer ?? sentencePiece) === undefined)
    throw new TributaryError(
      'file-format',
      `${basename(weights)} needs its config.json and tokenizer.json (or tokenizer.model) beside it to become a model.`,
      {
        hint: 'Add the whole folder of the checkpoint, or a .gguf file.',
        place: { file: weights },
      },
    )
  return {
    weights,
    config,
    tokenizer,
    sentencePiece,
    tokenizerConfig: beside('tokenizer_config.json'),
    pooling: beside('1_Pooling', 'config.json'),
  }
}

const families: { readonly [modelType: string]: (checkpoint: Checkpoint) => ConversionPlan } = {
  bert: planBert,
  llama: planLlama,
  mistral: planLlama,
  qwen2: planQwen2,
  qwen3: planQwen3,
  gemma: planGemma,
  gemma2: planGemma2,
  gemma3_text: planGemma3,
}

/** Of what lies beside weights: no honest tokenizer is larger. */
const maxJsonBytes = 64 << 20

/**
 * What a checkpoint of a known family is as a GGUF: metadata, and for each tensor where it lies and in which order of rows. Reads headers only.
 * Throws `model-unsupported` for families, vocabularies or settings that we do not know, `model-corrupt` for damaged files.
 */
export async function planCheckpoint(request: CheckpointRequest): Promise<{ readonly plan: ConversionPlan; readonly config: Json }> {
  const { files, name, licence, dtype, sourceSha256 } = request
  const config = await readJson(files.config)
  const kind = z.looseObject({ model_type: z.string() }).safeParse(config)
  const family = kind.success && Object.hasOwn(families, kind.data.model_type) ? families[kind.data.model_type] : undefined
  if (!family)
    throw new TributaryError(
      'model-unsupported',
      `${name} is of the family "${kind.data?.model_type ?? 'unknown'}", which our converter does not know.`,
      {
        hint: `It knows ${Object.keys(families).join(', ')}. Convert it with llama.cpp’s own converter and add the GGUF file.`,
      },
    )
  const { tensors } = openSafetensors(files.weights)
  const checkpoint: Checkpoint = {
    name,
    dtype,
    config,
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    tokenizer: files.tokenizer === undefined ? null : await readJson(files.tokenizer),
    ...(files.sentencePiece === undefined ? {} : { sentencePiece: await readSmall(files.sentencePiece) }),
    ...(sourceSha256 === undefined ? {} : { sourceSha256 }),
    ...(licence === undefined ? {} : { licence }),
    ...(files.tokenizerConfig === undefined ? {} : { tokenizerConfig: await readJson(files.tokenizerConfig) }),
    ...(files.pooling === undefined ? {} : { pooling: await readJson(files.pooling) }),
  }
  try {
    return { plan: family(checkpoint), config }
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    const where = error.issues[0]
    throw new TributaryError('model-unsupported', `${name} is not as its family should be: ${where?.path.join('.')}: ${where?.message}.`, {
      cause: error,
    })
  }
}

/** A JSON file of a checkpoint. Throws `file-format` naming it. */
export async function readJson(path: string): Promise<Json> {
  try {
    return JSON.parse(new TextDecoder().decode(await readSmall(path))) as Json
  } catch (error) {
    if (error instanceof TributaryError) throw error
    throw unreadable(path, 'read as JSON', error)
  }
}

async function readSmall(path: string): Promise<Uint8Array> {
  try {
    if ((await stat(path)).size > maxJsonBytes) throw new Error('it is too large')
    return await readFile(path)
  } catch (error) {
    throw unreadable(path, 'read', error)
  }
}

const unreadable = (path: string, how: string, cause: unknown): TributaryError =>
  new TributaryError('file-format', `${basename(path)} cannot be ${how}: ${cause instanceof Error ? cause.message : String(cause)}.`, {
    place: { file: basename(path) },
    cause,
  })
