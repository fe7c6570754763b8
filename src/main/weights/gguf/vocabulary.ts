import { createHash } from 'node:crypto'
import { type GgufMetadata, listOf, numberOf, textOf } from './types/header'

// 'seperator' is spelt so in the format
const roles = ['bos', 'eos', 'eot', 'eom', 'unknown', 'padding', 'seperator', 'mask'] as const

/**
 * A hash of what decides which text a token id stands for: kind and pre-tokeniser, the ordered tokens, their types, the special roles.
 * Models of equal fingerprint may meet token by token. Undefined where the file has no vocabulary.
 */
export function vocabularyFingerprint(metadata: GgufMetadata): string | undefined {
  const tokens = listOf(metadata, 'tokenizer.ggml.tokens')
  if (tokens === undefined) return undefined
  const hash = createHash('sha256')
  const feed = (part: string): void => void hash.update(`${part.length}:${part};`)
  feed(textOf(metadata, 'tokenizer.ggml.model') ?? '')
  feed(textOf(metadata, 'tokenizer.ggml.pre') ?? '')
  feed(`${tokens.length}`)
  hash.update(tokens.map((token) => `${String(token).length}:${token}`).join(';'))
  feed((listOf(metadata, 'tokenizer.ggml.token_type') ?? []).join(','))
  for (const role of roles) feed(`${role}=${numberOf(metadata, `tokenizer.ggml.${role}_token_id`) ?? ''}`)
  return hash.digest('hex')
}
