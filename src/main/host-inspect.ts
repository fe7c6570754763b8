import { embeddingsOf } from './host-embeddings'
import type { InspectFile } from './llama/model-store'
import { type ChatForm, wrapperFor } from './llama/wrappers'
import { modelShapeOf } from './weights/gguf/model-shape'
import { readGgufModel } from './weights/gguf/read-model'
import { type GgufMetadata, numberOf, textOf } from './weights/gguf/types/header'
import { vocabularyFingerprint } from './weights/gguf/vocabulary'

/** Our own bounded reader looks at every file before llama.cpp does. Throws `model-corrupt`, `file-format`, `file-unreadable`. */
export const inspectModelFile: InspectFile = async (path) => {
  const { metadata, tensors, sizeBytes } = await readGgufModel(path)
  const architecture = textOf(metadata, 'general.architecture') ?? ''
  const of = (key: string): number | undefined => numberOf(metadata, `${architecture}.${key}`)
  return {
    ...modelShapeOf({ metadata, tensors }),
    fingerprint: vocabularyFingerprint(metadata) ?? '',
    layers: of('block_count') ?? 1,
    sizeBytes,
    contextTokens: of('context_length') ?? Infinity,
    chat: chatOf(metadata),
    embeddings: embeddingsOf(tensors),
  }
}

function chatOf(metadata: GgufMetadata): ChatForm {
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
