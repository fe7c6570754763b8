import { z } from 'zod'
import { TributaryError } from '../../../shared/errors'
import { llamaRow } from '../checkpoint/llama'
import { llamaNames } from '../checkpoint/llama-names'
import { checkpointName, ggufName } from '../checkpoint/names'
import { memoryBytes } from '../gguf/bytes/byte-source'
import { corrupt } from '../gguf/errors/corrupt'
import { parseSafetensors } from '../safetensors/header'
import { encodeSafetensors } from '../safetensors/write'
import { type AdaptedMatrix, type Adapter, floatsOf, turned } from './adapter'

/** The heads of the model that an adapter is for: in checkpoints of the Llama family the rows of queries and keys lie in another order. */
export interface AdaptedModel {
  readonly architecture: string
  readonly heads: number
  readonly kvHeads: number
  readonly headSize: number
}

/** `adapter_config.json` of a PEFT adapter, as far as it changes numbers. */
const configSchema = z.looseObject({
  peft_type: z.literal('LORA'),
  r: z.number().int().positive(),
  lora_alpha: z.number(),
  use_rslora: z.boolean().optional(),
  use_dora: z.literal(false).optional(),
  fan_in_fan_out: z.literal(false).optional(),
  bias: z.literal('none').optional(),
  modules_to_save: z.array(z.string()).max(0).nullish(),
  rank_pattern: z.record(z.string().max(256), z.number().int().positive()).optional(),
  alpha_pattern: z.record(z.string().max(256), z.number()).optional(),
})
export type PeftConfig = z.infer<typeof configSchema>

/** Throws `file-format` naming the entry: an adapter that is more than low-rank products of matrices cannot be worked in. */
export function readPeftConfig(bytes: Uint8Array, file: string): PeftConfig {
  const fail = (why: string): never => {
    throw new TributaryError('file-format', `${file} is no adapter_config.json that can be used here: ${why}.`, {
      hint: 'Plain LoRA adapters without biases, DoRA or saved modules can be worked in.',
    })
  }
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return fail('it is not JSON')
  }
  const parsed = configSchema.safeParse(json)
  const [issue] = parsed.error?.issues ?? []
  return parsed.success ? parsed.data : fail(`${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is not as it should be'}`)
}

const pair = /^(?:base_model\.model\.)?(.+?)\.lora_(embedding_)?A(?:\.default)?(?:\.weight)?$/

/** Reads `adapter_model.safetensors`; without a config alpha counts as the rank. Throws `model-corrupt`, `file-format` or `model-unsupported`. */
export function readPeftAdapter(bytes: Uint8Array, file: string, model: AdaptedModel, config?: PeftConfig): Adapter {
  const { tensors } = parseSafetensors(memoryBytes(bytes, file))
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]))
  const read = ({ name, type, offset, byteLength, shape }: (typeof tensors)[number]): Float32Array<ArrayBuffer> =>
    floatsOf(
      bytes.subarray(offset, offset + byteLength),
      type,
      name,
      shape.reduce((product, size) => product * size, 1),
      file,
    )
  const used = new Set<string>()
  const matrices = tensors.flatMap((first): AdaptedMatrix[] => {
    const [, module, isEmbedding] = pair.exec(first.name) ?? []
    if (module === undefined) return []
    const second = byName.get(first.name.replace(/lora_(embedding_)?A/, (_, part = '') => `lora_${part}B`))
    const rank = first.shape[0] ?? 0
    if (!second || first.shape.length !== 2 || second.shape.length !== 2 || second.shape[1] !== rank || rank === 0)
      throw corrupt(file, `the module ${module}`, 'has a lora_A without a lora_B of its rank')
    used.add(first.name).add(second.name)
    const matrix = ggufName(`${module}.weight`, llamaNames) ?? unknownModule(file, module)
    const factor = factorOf(module, rank, config)
    const [a, b] = isEmbedding ? [turned(read(second), rank), turned(read(first), first.shape[1] ?? 1)] : [read(first), read(second)]
    return [{ matrix, rank, a, b: inRows(matrix, b, rank, model, 'from').map((value) => factor * value) }]
  })
  const other = tensors.find(({ name }) => !used.has(name))
  if (other) throw corrupt(file, `the tensor ${other.name}`, 'is no part of a LoRA adapter')
  if (matrices.length === 0) throw corrupt(file, 'the file', 'holds no adapted matrix')
  return { matrices, architecture: model.architecture }
}

function unknownModule(file: string, module: string): never {
  throw new TributaryError('model-unsupported', `${file} adapts the module ${module}, which models of the Llama family do not have.`, {
    hint: 'llama.cpp’s convert_lora_to_gguf converts adapters of other families; the GGUF works here.',
  })
}

/** alpha / rank (or over its root), of this module where the config has a pattern for it. */
function factorOf(module: string, rank: number, config: PeftConfig | undefined): number {
  if (config === undefined) return 1
  const alpha = patternOf(config.alpha_pattern, module) ?? config.lora_alpha
  return alpha / (config.use_rslora ? Math.sqrt(rank) : rank)
}

/** Patterns are ends of module names; PEFT takes expressions too, of which none is run here. */
const patternOf = (table: Readonly<Record<string, number>> | undefined, module: string): number | undefined =>
  Object.entries(table ?? {}).find(([pattern]) => module === pattern || module.endsWith(`.${pattern}`))?.[1]

/** Rows of b in the order of the GGUF (`from` a checkpoint) or back (`to` one). */
function inRows(
  matrix: string,
  b: Float32Array<ArrayBuffer>,
  rank: number,
  model: AdaptedModel,
  way: 'from' | 'to',
): Float32Array<ArrayBuffer> {
  const source = model.architecture === 'llama' ? llamaRow(matrix, model) : undefined
  if (source === undefined) return b
  const ordered = new Float32Array(b.length)
  for (let row = 0; row < b.length / rank; row++) {
    const [from, into] = way === 'from' ? [source(row), row] : [row, source(row)]
    ordered.set(b.subarray(from * rank, (from + 1) * rank), into * rank)
  }
  return ordered
}

/** `adapter_model.safetensors` and `adapter_config.json`, as PEFT loads them. Throws `model-unsupported` for a matrix that has no name there. */
export function writePeftAdapter(
  { matrices }: Adapter,
  model: AdaptedModel,
  base: string,
): { readonly 'adapter_model.safetensors': Uint8Array; readonly 'adapter_config.json': Uint8Array } {
  const arrays = matrices.flatMap(({ matrix, rank, a, b }) => {
    const module = checkpointName(matrix, llamaNames)?.replace(/\.weight$/, '')
    if (module === undefined)
      throw new TributaryError('model-unsupported', `The matrix ${matrix} has no name in Hugging Face’s layout.`, {
        hint: 'Write the adapter as GGUF instead.',
      })
    const [width, outputs] = [a.length / rank, b.length / rank]
    const rows = inRows(matrix, Float32Array.from(b), rank, model, 'to')
    const isEmbedding = matrix === 'token_embd.weight'
    const name = (part: string): string => `base_model.model.${module}.lora_${isEmbedding ? `embedding_${part}` : `${part}.weight`}`
    return [
      isEmbedding
        ? { name: name('A'), shape: [rank, outputs], data: turned(rows, rank) }
        : { name: name('A'), shape: [rank, width], data: a },
      isEmbedding
        ? { name: name('B'), shape: [width, rank], data: turned(a, width) }
        : { name: name('B'), shape: [outputs, rank], data: rows },
    ].map((array) => ({ ...array, module, rank }))
  })
  arrays.sort((x, y) => (x.name < y.name ? -1 : 1))
  const file = encodeSafetensors(
    arrays.map(({ name, shape }) => ({ name, shape, type: 'F32' as const })),
    { format: 'pt' },
  )
  const bytes = new Uint8Array(file.fileSize)
  bytes.set(file.bytes)
  for (const { name, data } of arrays)
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), file.tensors.get(name)?.offset ?? 0)
  // PEFT multiplies by alpha over rank: equal everywhere, module by module
  const ranks = Object.fromEntries(arrays.map(({ module, rank }) => [module, rank]))
  const most = Math.max(1, ...Object.values(ranks))
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: base,
    r: most,
    lora_alpha: most,
    rank_pattern: ranks,
    alpha_pattern: ranks,
    target_modules: Object.keys(ranks).sort(),
    lora_dropout: 0,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
  }
  return { 'adapter_model.safetensors': bytes, 'adapter_config.json': new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`) }
}
