import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { TributaryError } from '../../../shared/errors'
import { isJsonObject, type Json, type JsonObject } from '../../../shared/json'
import type { PermuteNode, Plan, PlanTensor } from '../engine/plan'
import { type GgufMetadata, numberOf, textOf } from '../gguf/types/header'
import { vocabularyFingerprint } from '../gguf/vocabulary'
import type { SafetensorsPlan } from '../safetensors/write'
import { llamaRow } from './llama'
import { llamaNames } from './llama-names'
import { checkpointName } from './names'
import { checkpointFiles, planCheckpoint, readJson } from './open'
import { tokenizerFiles } from './tokenizer-json'

/** What is to be written, in the layout of a GGUF. */
export interface ExportedModel {
  readonly name: string
  readonly metadata: GgufMetadata
  readonly plan: Plan
  /** type of each tensor of the plan's root */
  readonly types: readonly string[]
  /** the weights of the checkpoint that leads, whose JSON files are carried over; undefined where a GGUF leads */
  readonly checkpoint?: string | undefined
}

export interface CheckpointExport {
  /** the plan in the layout of the checkpoint: its root's tensors are those of `tensors`, in this order */
  readonly plan: Plan
  readonly tensors: readonly SafetensorsPlan[]
  readonly files: ReadonlyMap<string, Uint8Array>
}

/**
 * A model of the Llama family in Hugging Face's layout: names, order of dimensions, query and key rows in halves instead of pairs, config and tokenizer
 * beside the weights (carried over from the checkpoint that leads, or written from the GGUF's metadata). Throws `model-unsupported` for what has no such layout here.
 */
export async function exportCheckpoint(model: ExportedModel): Promise<CheckpointExport> {
  const architecture = textOf(model.metadata, 'general.architecture')
  if (architecture !== 'llama')
    throw unsupported(`${model.name} is a ${architecture} model, and only models of the Llama family are written as safetensors`)
  const { tensors: all } = model.plan.nodes[model.plan.root] as { tensors: readonly PlanTensor[] }
  const kept = all.flatMap((tensor, index) => {
    const name = checkpointName(tensor.name, llamaNames)
    if (name !== undefined) return [{ tensor, index, name }]
    // what the constants say stands in the config of a checkpoint
    if (tensor.copied && model.checkpoint !== undefined) return []
    throw unsupported(`The tensor ${tensor.name} has no place in a checkpoint of the Llama family`)
  })
  const heads = headsOf(model.metadata)
  const root: PermuteNode = {
    op: 'permute',
    kind: 'model',
    tensors: kept.map(({ tensor }) => tensor),
    of: { node: model.plan.root, tensors: kept.map(({ index }) => index) },
    orders: kept.map(({ tensor }) => checkpointOrder(tensor, heads)),
  }
  return {
    plan: { ...model.plan, nodes: [...model.plan.nodes, root], root: model.plan.nodes.length },
    tensors: kept.map(({ tensor, index, name }) => ({
      name,
      shape: [...tensor.shape].reverse(),
      type: typeOf(model.types[index] ?? '', tensor.name),
    })),
    files: await jsonFiles(model, new Set(kept.map(({ name }) => name)), model.types[kept[0]?.index ?? 0] ?? 'F16'),
  }
}

const unsupported = (what: string): TributaryError => new TributaryError('model-unsupported', `${what}.`, { hint: 'Write a GGUF instead.' })

function typeOf(type: string, tensor: string): SafetensorsPlan['type'] {
  if (type === 'F32' || type === 'F16' || type === 'BF16') return type
  throw new TributaryError('model-unsupported', `The tensor ${tensor} would be ${type}, which safetensors do not have.`, {
    hint: 'Choose F32, F16 or BF16.',
  })
}

interface Heads {
  readonly heads: number
  readonly kvHeads: number
  readonly headSize: number
}

function headsOf(metadata: GgufMetadata): Heads {
  const number = (key: string): number | undefined => numberOf(metadata, `llama.${key}`)
  const heads = number('attention.head_count')
  const width = number('embedding_length')
  if (heads === undefined || width === undefined) throw unsupported('The model does not say how many heads all its blocks have')
  return {
    heads,
    kvHeads: number('attention.head_count_kv') ?? heads,
    headSize: number('attention.key_length') ?? number('rope.dimension_count') ?? width / heads,
  }
}

/** Row c of the checkpoint is the row of the GGUF that came from it. */
function checkpointOrder({ name, shape }: PlanTensor, heads: Heads): PermuteNode['orders'][number] {
  const sourceRow = llamaRow(name, heads)
  if (!sourceRow) return null
  const axis = shape.length > 1 ? 'rows' : 'columns'
  const order = new Array<number>((axis === 'rows' ? shape[1] : shape[0]) ?? 0)
  for (let row = 0; row < order.length; row++) order[sourceRow(row)] = row
  return { axis, order }
}

/** Carried over as they are; vocabulary files only where the vocabulary is still that of the checkpoint. */
const carried = ['generation_config.json', 'special_tokens_map.json', 'chat_template.jinja']
const vocabularyFiles = ['tokenizer.json', 'tokenizer_config.json', 'tokenizer.model', 'vocab.json', 'merges.txt', 'added_tokens.json']

async function jsonFiles(model: ExportedModel, names: ReadonlySet<string>, type: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  const put = (name: string, json: Json): void => void files.set(name, Buffer.from(`${JSON.stringify(json, null, 2)}\n`))
  const { checkpoint } = model
  const dtype = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }[type] ?? 'float16'
  const changes = {
    vocab_size: numberOf(model.metadata, 'llama.vocab_size') ?? 0,
    num_hidden_layers: numberOf(model.metadata, 'llama.block_count') ?? 0,
    tie_word_embeddings: !names.has('lm_head.weight'),
    torch_dtype: dtype,
  }
  const sameVocabulary = checkpoint !== undefined && (await vocabularyOf(checkpoint)) === vocabularyFingerprint(model.metadata)
  if (checkpoint === undefined) put('config.json', { ...configOf(model.metadata, names), ...changes })
  else {
    const config = await readJson(checkpointFiles(checkpoint).config)
    const { dtype: former, ...rest } = isJsonObject(config) ? (config as JsonObject) : {}
    put('config.json', { ...rest, ...(former === undefined ? {} : { dtype }), ...changes })
    for (const name of [...carried, ...(sameVocabulary ? vocabularyFiles : [])]) {
      const path = join(dirname(checkpoint), name)
      if (existsSync(path)) files.set(name, readFileSync(path))
    }
  }
  if (!sameVocabulary) {
    const { tokenizer, config } = tokenizerFiles(model.metadata, model.name)
    put('tokenizer.json', tokenizer)
    put('tokenizer_config.json', config)
  }
  return files
}

async function vocabularyOf(checkpoint: string): Promise<string | undefined> {
  const { plan } = await planCheckpoint({ files: checkpointFiles(checkpoint), name: basename(dirname(checkpoint)), dtype: 'keep' })
  return vocabularyFingerprint(plan.metadata)
}

function configOf(metadata: GgufMetadata, names: ReadonlySet<string>): JsonObject {
  const number = (key: string): number => numberOf(metadata, `llama.${key}`) ?? 0
  const { heads, kvHeads, headSize } = headsOf(metadata)
  const token = (role: string): number | null => numberOf(metadata, `tokenizer.ggml.${role}_token_id`) ?? null
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_size: number('embedding_length'),
    intermediate_size: number('feed_forward_length'),
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    head_dim: headSize,
    max_position_embeddings: number('context_length'),
    rms_norm_eps: shortest(number('attention.layer_norm_rms_epsilon')),
    rope_theta: shortest(numberOf(metadata, 'llama.rope.freq_base') ?? 10_000),
    hidden_act: 'silu',
    attention_bias: [...names].some((name) => name.endsWith('self_attn.q_proj.bias')),
    mlp_bias: [...names].some((name) => name.endsWith('mlp.up_proj.bias')),
    bos_token_id: token('bos'),
    eos_token_id: token('eos'),
    pad_token_id: token('padding'),
  }
}

/** The decimal number that a float32 stands for: 1e-5 rather than 0.00000999999974. */
const shortest = (value: number): number => Number(value.toPrecision(7))
