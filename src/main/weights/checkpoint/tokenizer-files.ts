import { TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import { type GgufMetadata, listOf, numberOf, textOf } from '../gguf/types/header'
import { sentencePieceFile } from './sentencepiece-file'
import { token } from './special-tokens'
import { tokenizerJson } from './tokenizer-json'

/** A vocabulary as a GGUF has it. */
export interface KnownVocabulary {
  readonly texts: readonly string[]
  readonly types: readonly number[]
  readonly scores: readonly number[]
  readonly merges: readonly string[]
  /** how words are cut, by llama.cpp's name */
  readonly pre: string
  /** the token that prompts begin with, where they do */
  readonly bos: string | undefined
  /** a space is put before a text */
  readonly addSpacePrefix: boolean
  /** id of the token with this role: bos, eos, unknown, padding */
  role(key: string): number | undefined
}

/**
 * The tokenizer's files beside a checkpoint: `tokenizer.json` of a byte-level BPE, or `tokenizer.model` of SentencePiece, and `tokenizer_config.json`.
 * Throws `model-unsupported` for other kinds.
 */
export function tokenizerFiles(metadata: GgufMetadata, name: string): ReadonlyMap<string, Json | Uint8Array> {
  const kind = textOf(metadata, 'tokenizer.ggml.model')
  const vocabulary = vocabularyIn(metadata)
  if (kind === 'llama')
    return new Map<string, Json | Uint8Array>([
      ['tokenizer.model', sentencePieceFile(vocabulary)],
      ['tokenizer_config.json', { ...configOf(metadata, vocabulary), ...pieceSettings(metadata, vocabulary) }],
    ])
  const json = kind === 'gpt2' && vocabulary.texts.length > 0 ? tokenizerJson(vocabulary) : undefined
  if (json === undefined)
    throw new TributaryError('model-unsupported', `The vocabulary of ${name} cannot be written as a tokenizer.json here.`, {
      hint: 'Write a GGUF instead, or merge the checkpoint itself, whose tokenizer files are carried over.',
    })
  return new Map([
    ['tokenizer.json', json],
    ['tokenizer_config.json', { tokenizer_class: 'PreTrainedTokenizerFast', ...configOf(metadata, vocabulary) }],
  ])
}

function vocabularyIn(metadata: GgufMetadata): KnownVocabulary {
  const list = (key: string): readonly unknown[] => listOf(metadata, `tokenizer.ggml.${key}`) ?? []
  const texts = list('tokens').map(String)
  const role = (key: string): number | undefined => numberOf(metadata, `tokenizer.ggml.${key}_token_id`)
  return {
    texts,
    types: list('token_type').map(Number),
    scores: list('scores').map(Number),
    merges: list('merges').map(String),
    pre: textOf(metadata, 'tokenizer.ggml.pre') ?? '',
    bos: metadata.get('tokenizer.ggml.add_bos_token')?.value === true ? texts[role('bos') ?? -1] : undefined,
    addSpacePrefix: metadata.get('tokenizer.ggml.add_space_prefix')?.value !== false,
    role,
  }
}

function configOf(metadata: GgufMetadata, { texts, bos, role }: KnownVocabulary): Record<string, Json> {
  const text = (key: string): string | undefined => texts[role(key) ?? -1]
  return {
    clean_up_tokenization_spaces: false,
    add_bos_token: bos !== undefined,
    ...named({ bos_token: text('bos'), eos_token: text('eos'), unk_token: text('unknown'), pad_token: text('padding') }),
    ...named({ chat_template: textOf(metadata, 'tokenizer.chat_template') }),
  }
}

/** What only a SentencePiece vocabulary is told here: tokens that are matched whole. */
function pieceSettings(metadata: GgufMetadata, { texts, types }: KnownVocabulary): Record<string, Json> {
  const whole = [...types.entries()].filter(([, type]) => type === token.control || type === token.userDefined)
  return {
    tokenizer_class: textOf(metadata, 'general.architecture')?.startsWith('gemma') ? 'GemmaTokenizer' : 'LlamaTokenizer',
    add_eos_token: metadata.get('tokenizer.ggml.add_eos_token')?.value === true,
    legacy: false,
    added_tokens_decoder: Object.fromEntries(
      whole.map(([id, type]) => [
        String(id),
        { content: texts[id] ?? '', lstrip: false, rstrip: false, normalized: false, single_word: false, special: type === token.control },
      ]),
    ),
  }
}

const named = (entries: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(entries).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
