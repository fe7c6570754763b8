import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json } from '../../../shared/json'
import { openBytes } from '../gguf/bytes/file-bytes'
import { readGgufHeader } from '../gguf/read-header'
import { type GgufHeader, type GgufTensor, textOf } from '../gguf/types/header'

export const toyConfig = {
  model_type: 'llama',
  hidden_size: 128,
  intermediate_size: 320,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 256,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  hidden_act: 'silu',
  vocab_size: 768,
}

const tokenizerConfig = (header: GgufHeader): Json => ({
  bos_token: '<s>',
  eos_token: { content: '</s>' },
  pad_token: '<pad>',
  add_bos_token: true,
  chat_template: textOf(header.metadata, 'tokenizer.chat_template') ?? '',
})

const huggingFaceNames: [RegExp, string][] = [
  [/^token_embd/, 'model.embed_tokens'],
  [/^output_norm/, 'model.norm'],
  [/^output\./, 'lm_head.'],
  [/^blk\.(\d+)\.attn_norm/, 'model.layers.$1.input_layernorm'],
  [/^blk\.(\d+)\.ffn_norm/, 'model.layers.$1.post_attention_layernorm'],
  [/^blk\.(\d+)\.attn_output/, 'model.layers.$1.self_attn.o_proj'],
  [/^blk\.(\d+)\.attn_([qkv])/, 'model.layers.$1.self_attn.$2_proj'],
  [/^blk\.(\d+)\.ffn_(gate|up|down)/, 'model.layers.$1.mlp.$2_proj'],
]

/**
 * A toy as a checkpoint in Hugging Face's layout, made without the code under test: other names, other order of dimensions, and query and key rows in
 * halves instead of pairs. In `shards` files with their index. Gives the path that stands for it.
 */
export async function writeToyCheckpoint(folder: string, toy: string, shards = 1): Promise<string> {
  mkdirSync(folder, { recursive: true })
  const path = `resources/toys/${toy}.gguf`
  const header = await readGgufHeader(path)
  writeFileSync(join(folder, 'config.json'), JSON.stringify(toyConfig))
  copyFileSync('resources/toys/tokenizer.json', join(folder, 'tokenizer.json'))
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(tokenizerConfig(header)))
  const perShard = Math.ceil(header.tensors.length / shards)
  const weights: Record<string, string> = {}
  for (let shard = 0; shard < shards; shard++) {
    const name = shards === 1 ? 'model.safetensors' : `model-${shard}.safetensors`
    const tensors = header.tensors.slice(shard * perShard, (shard + 1) * perShard)
    writeFileSync(join(folder, name), safetensorsOf(path, tensors))
    for (const tensor of tensors) weights[huggingFaceName(tensor.name)] = name
  }
  if (shards === 1) return join(folder, 'model.safetensors')
  const index = join(folder, 'model.safetensors.index.json')
  writeFileSync(index, JSON.stringify({ metadata: {}, weight_map: weights }))
  return index
}

function huggingFaceName(name: string): string {
  const rule = huggingFaceNames.find(([pattern]) => pattern.test(name))
  if (!rule) throw new Error(name)
  return name.replace(rule[0], rule[1])
}

function safetensorsOf(path: string, tensors: readonly GgufTensor[]): Buffer {
  const file = openBytes(path)
  const entries: Record<string, Json> = {}
  const blocks: Uint8Array[] = []
  let offset = 0
  for (const tensor of tensors) {
    let bytes = file.read(tensor.offset, tensor.byteLength)
    const heads = /attn_q\./.test(tensor.name) ? 4 : /attn_k\./.test(tensor.name) ? 2 : 0
    if (heads > 0) bytes = halvesOf(bytes, tensor.byteLength / (heads * 32), heads)
    entries[huggingFaceName(tensor.name)] = {
      dtype: tensor.type,
      shape: [...tensor.shape].reverse(),
      data_offsets: [offset, offset + bytes.length],
    }
    blocks.push(bytes)
    offset += bytes.length
  }
  file.close()
  const json = Buffer.from(JSON.stringify(entries))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  return Buffer.concat([length, json, ...blocks])
}

function halvesOf(bytes: Uint8Array, rowBytes: number, heads: number): Uint8Array {
  const result = new Uint8Array(bytes.length)
  for (let head = 0; head < heads; head += 1)
    for (let pair = 0; pair < 16; pair += 1)
      for (const member of [0, 1]) {
        const from = (head * 32 + pair * 2 + member) * rowBytes
        result.set(bytes.subarray(from, from + rowBytes), (head * 32 + member * 16 + pair) * rowBytes)
      }
  return result
}
