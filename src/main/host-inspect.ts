import { embeddingsOf } from './host-embeddings'
import type { InspectFile } from './llama/model-store'
import { type CacheShape, hasMerges } from './llama/native-model'
import { type ChatForm, wrapperFor } from './llama/wrappers'
import { readGgufHeader } from './weights/gguf/read-header'
import { type GgufHeader, numberOf, textOf } from './weights/gguf/types/header'
import { vocabularyFingerprint } from './weights/gguf/vocabulary'

const floatTypes: ReadonlySet<string> = new Set(['F32', 'F16', 'BF16'])

/** Our own bounded reader looks at every file before llama.cpp does. Throws `model-corrupt`, `file-format`, `file-unreadable`. */
export const inspectModelFile: InspectFile = async (path) => {
  const { metadata, tensors, fileSize } = await readGgufHeader(path)
  const architecture = textOf(metadata, 'general.architecture') ?? ''
  const of = (key: string): number | undefined => numberOf(metadata, `${architecture}.${key}`)
  return {
    architecture,
    fingerprint: vocabularyFingerprint(metadata) ?? '',
    layers: of('block_count') ?? 1,
    sizeBytes: fileSize,
    contextTokens: of('context_length') ?? Infinity,
    vocabularySize: tensors.find(({ name }) => name === 'token_embd.weight')?.shape[1] ?? 0,
    hasMerges: hasMerges(textOf(metadata, 'tokenizer.ggml.model')),
    embeddingDimensions: of('embedding_length') ?? 0,
    attentionHeads: of('attention.head_count') ?? 1,
    feedForward: of('feed_forward_length'),
    cache: cacheOf(of),
    hasFloatWeights: tensors.some(({ shape, type }) => shape.length > 1 && floatTypes.has(type)),
    chat: chatOf(metadata),
    embeddings: embeddingsOf(path, tensors),
  }
}

function chatOf(metadata: GgufHeader['metadata']): ChatForm {
  const list = metadata.get('tokenizer.ggml.tokens')
  const tokens = list?.type === 'array' ? (list.value as readonly unknown[]) : []
  const name = (key: string): string => String(tokens[numberOf(metadata, `tokenizer.ggml.${key}`) ?? -1] ?? '')
  return {
    template: textOf(metadata, 'tokenizer.chat_template'),
    wrapper: wrapperFor((token) => tokens.includes(token)),
    begin: name('bos_token_id'),
    end: name('eos_token_id'),
  }
}

/** Of models with ordinary attention; heads that differ from layer to layer count as one. */
function cacheOf(of: (key: string) => number | undefined): CacheShape | undefined {
  const [layers, heads, width] = [of('block_count'), of('attention.head_count'), of('embedding_length')]
  if (layers === undefined || heads === undefined || width === undefined || of('ssm.state_size') !== undefined) return undefined
  const size = Math.floor(width / heads)
  return {
    layers,
    heads: of('attention.head_count_kv') ?? 1,
    keys: of('attention.key_length') ?? size,
    values: of('attention.value_length') ?? size,
  }
}
