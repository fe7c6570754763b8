import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isJsonObject, type Json, type JsonObject } from '../../../shared/json'
import { type GgufMetadata, listOf, numberOf } from '../gguf/types/header'
import { vocabularyFingerprint } from '../gguf/vocabulary'
import { configOf } from './config'
import type { DecoderFamily } from './decoder'
import { checkpointFiles, planCheckpoint, readJson } from './open'
import { tokenizerFiles } from './tokenizer-files'

/** What the files beside the weights say. */
export interface DescribedModel {
  readonly name: string
  readonly metadata: GgufMetadata
  /** the weights of the checkpoint that leads, whose JSON files are carried over; undefined where a GGUF leads */
  readonly checkpoint?: string | undefined
}

/** Carried over as they are; vocabulary files only where the vocabulary is still that of the checkpoint. */
const carried = ['generation_config.json', 'special_tokens_map.json', 'chat_template.jinja']
const vocabularyFiles = ['tokenizer.json', 'tokenizer_config.json', 'tokenizer.model', 'vocab.json', 'merges.txt', 'added_tokens.json']

/** config.json and the tokenizer, carried over from the checkpoint that leads or written from the metadata. `names`: of the tensors, as the checkpoint calls them. */
export async function filesBeside(
  model: DescribedModel,
  family: DecoderFamily,
  names: ReadonlySet<string>,
  type: string,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  const put = (name: string, json: Json, reals: ReadonlySet<string> = new Set()): void =>
    void files.set(name, Buffer.from(jsonText(json, reals)))
  const { checkpoint } = model
  const dtype = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }[type] ?? 'float16'
  const changes = {
    vocab_size:
      numberOf(model.metadata, `${family.architecture}.vocab_size`) ?? (listOf(model.metadata, 'tokenizer.ggml.tokens') ?? []).length,
    num_hidden_layers: numberOf(model.metadata, `${family.architecture}.block_count`) ?? 0,
    tie_word_embeddings: !names.has('lm_head.weight'),
    torch_dtype: dtype,
  }
  const sameVocabulary = checkpoint !== undefined && (await vocabularyOf(checkpoint)) === vocabularyFingerprint(model.metadata)
  if (checkpoint === undefined) put('config.json', { ...configOf(model.metadata, family, names), ...changes }, realKeys)
  else {
    const path = checkpointFiles(checkpoint).config
    const config = await readJson(path)
    const { dtype: former, layer_types: kinds, ...rest } = isJsonObject(config) ? (config as JsonObject) : {}
    // a list for another number of blocks would be refused; every family has a rule of its own without one
    const layers = Array.isArray(kinds) && kinds.length === changes.num_hidden_layers ? { layer_types: kinds } : {}
    put('config.json', { ...rest, ...layers, ...(former === undefined ? {} : { dtype }), ...changes }, realsIn(readFileSync(path, 'utf8')))
    for (const name of [...carried, ...(sameVocabulary ? vocabularyFiles : [])]) {
      const path = join(dirname(checkpoint), name)
      if (existsSync(path)) files.set(name, readFileSync(path))
    }
  }
  if (!sameVocabulary) {
    for (const [name, content] of tokenizerFiles(model.metadata, model.name))
      content instanceof Uint8Array ? files.set(name, content) : put(name, content)
  }
  return files
}

async function vocabularyOf(checkpoint: string): Promise<string | undefined> {
  const { plan } = await planCheckpoint({ files: checkpointFiles(checkpoint), name: basename(dirname(checkpoint)), dtype: 'keep' })
  return vocabularyFingerprint(plan.metadata)
}

/** Readers that are strict tell 30 from 30.0, which JavaScript does not. */
const realKeys: ReadonlySet<string> = new Set(['attn_logit_softcapping', 'final_logit_softcapping', 'rope_theta', 'factor'])

/** Keys of numbers that a text writes with a point though they are whole. */
const realsIn = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/"(\w+)":\s*-?\d+\.0+\b(?![eE])/g)].map(([, key]) => key as string))

/** JSON, with `.0` behind whole numbers under these keys. */
function jsonText(json: Json, reals: ReadonlySet<string>): string {
  const text = `${JSON.stringify(json, null, 2)}\n`
  if (reals.size === 0) return text
  return text.replace(/^(\s*"(\w+)": -?\d+)(?=,?$)/gm, (line, start: string, key: string) => (reals.has(key) ? `${start}.0` : line))
}
