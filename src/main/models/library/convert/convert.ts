import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import { TributaryError } from '../../../../shared/errors'
import type { Json } from '../../../../shared/json'
import { type OpenFile, openBytes } from '../../../weights/gguf/bytes/file-bytes'
import type { GgufHeader } from '../../../weights/gguf/types/header'
import { writeGguf } from '../../../weights/gguf/write/write-gguf'
import { openSafetensors } from '../../../weights/safetensors/open'
import { sha256OfFile } from '../files'
import { planBert } from './bert'
import { planLlama } from './llama'
import type { Checkpoint, ConversionPlan } from './plan'
import { streamTensor } from './stream'

/** The files of a checkpoint in Hugging Face's layout. */
export interface CheckpointFiles {
  /** a `.safetensors` file or a `.safetensors.index.json` */
  readonly weights: string
  readonly config: string
  readonly tokenizer: string
  readonly tokenizerConfig?: string | undefined
  readonly pooling?: string | undefined
}

export interface Conversion {
  readonly files: CheckpointFiles
  readonly target: string
  readonly name: string
  readonly licence?: string | undefined
  readonly dtype: 'F16' | 'F32'
  readonly signal: AbortSignal
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

const families: { readonly [modelType: string]: (checkpoint: Checkpoint) => ConversionPlan } = { bert: planBert, llama: planLlama }

/** JSON beside weights: no honest tokenizer is larger. */
const maxJsonBytes = 64 << 20

/**
 * Turns a checkpoint of a known family into a GGUF at `target`, streaming. Equal files give equal bytes, so the result has a hash that a catalogue
 * can know. Throws `model-unsupported` for families, vocabularies or settings that we do not know, `model-corrupt` for damaged files.
 */
export async function convertCheckpoint(request: Conversion): Promise<GgufHeader> {
  const plan = await planConversion(request)
  const open = new Map<string, OpenFile>()
  const opened = (path: string): OpenFile => {
    const file = open.get(path) ?? openBytes(path)
    open.set(path, file)
    return file
  }
  const tensors = plan.tensors.map((tensor) => ({
    name: tensor.name,
    shape: tensor.shape,
    type: tensor.type,
    bytes: () => streamTensor(tensor, opened),
  }))
  try {
    return await writeGguf(
      request.target,
      { metadata: plan.metadata, tensors },
      { signal: request.signal, ...(request.onProgress ? { onProgress: request.onProgress } : {}) },
    )
  } finally {
    for (const file of open.values()) file.close()
  }
}

async function planConversion({ files, name, licence, dtype, signal }: Conversion): Promise<ConversionPlan> {
  const config = await readJson(files.config)
  const kind = z.looseObject({ model_type: z.string() }).safeParse(config)
  const family = kind.success && Object.hasOwn(families, kind.data.model_type) ? families[kind.data.model_type] : undefined
  if (!family)
    throw new TributaryError(
      'model-unsupported',
      `${name} is of the family "${kind.data?.model_type ?? 'unknown'}", which our converter does not know.`,
      {
        hint: `It knows ${Object.keys(families).join(' and ')}. Convert it with llama.cpp’s own converter and add the GGUF file.`,
      },
    )
  const { tensors } = openSafetensors(files.weights)
  const checkpoint: Checkpoint = {
    name,
    dtype,
    config,
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    tokenizer: await readJson(files.tokenizer),
    sourceSha256: await sha256OfFile(files.weights, { signal }),
    ...(licence === undefined ? {} : { licence }),
    ...(files.tokenizerConfig === undefined ? {} : { tokenizerConfig: await readJson(files.tokenizerConfig) }),
    ...(files.pooling === undefined ? {} : { pooling: await readJson(files.pooling) }),
  }
  try {
    return family(checkpoint)
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    const where = error.issues[0]
    throw new TributaryError('model-unsupported', `${name} is not as its family should be: ${where?.path.join('.')}: ${where?.message}.`, {
      cause: error,
    })
  }
}

async function readJson(path: string): Promise<Json> {
  const name = basename(path)
  try {
    if ((await stat(path)).size > maxJsonBytes) throw new Error('it is too large')
    return JSON.parse(await readFile(path, 'utf8')) as Json
  } catch (error) {
    throw new TributaryError('file-format', `${name} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}.`, {
      place: { file: name },
      cause: error,
    })
  }
}
