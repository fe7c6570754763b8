import { TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import { type GgufMetadata, listOf, numberOf, textOf } from '../gguf/types/header'
import { wordPatterns } from './bpe'

const types = { normal: 1, control: 3, userDefined: 4 } as const

/** A byte-level BPE vocabulary of a GGUF as `tokenizer.json` and `tokenizer_config.json`: the way back of `bpeVocabulary`. Throws `model-unsupported` for other kinds. */
export function tokenizerFiles(metadata: GgufMetadata, name: string): { readonly tokenizer: Json; readonly config: Json } {
  const kind = textOf(metadata, 'tokenizer.ggml.model')
  const pre = preTokenizer(textOf(metadata, 'tokenizer.ggml.pre') ?? '')
  const tokens = listOf(metadata, 'tokenizer.ggml.tokens')
  if (kind !== 'gpt2' || pre === undefined || tokens === undefined)
    throw new TributaryError('model-unsupported', `The vocabulary of ${name} cannot be written as a tokenizer.json here.`, {
      hint: 'Write a GGUF instead, or merge the checkpoint itself, whose tokenizer files are carried over.',
    })
  const typeOf = listOf(metadata, 'tokenizer.ggml.token_type') ?? []
  const texts = tokens.map(String)
  const isAdded = (id: number): boolean => typeOf[id] === types.control || typeOf[id] === types.userDefined
  const vocab = Object.fromEntries(texts.flatMap((token, id) => (typeOf[id] === types.normal || isAdded(id) ? [[token, id]] : [])))
  const role = (key: string): string | undefined => texts[numberOf(metadata, `tokenizer.ggml.${key}_token_id`) ?? -1]
  const bos = metadata.get('tokenizer.ggml.add_bos_token')?.value === true ? role('bos') : undefined
  return {
    tokenizer: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: texts.flatMap((content, id) =>
        isAdded(id)
          ? [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: typeOf[id] === types.control }]
          : [],
      ),
      normalizer: null,
      pre_tokenizer: pre,
      post_processor: bos === undefined ? byteLevel : beginsWith(bos, texts.indexOf(bos)),
      decoder: byteLevel,
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        vocab,
        merges: (listOf(metadata, 'tokenizer.ggml.merges') ?? []).map(String),
      },
    },
    config: {
      tokenizer_class: 'PreTrainedTokenizerFast',
      clean_up_tokenization_spaces: false,
      add_bos_token: bos !== undefined,
      ...named({ bos_token: role('bos'), eos_token: role('eos'), unk_token: role('unknown'), pad_token: role('padding') }),
      ...named({ chat_template: textOf(metadata, 'tokenizer.chat_template') }),
    },
  }
}

const named = (entries: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(entries).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))

const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true }

const beginsWith = (token: string, id: number): Json => ({
  type: 'TemplateProcessing',
  single: [{ SpecialToken: { id: token, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
  pair: [
    { SpecialToken: { id: token, type_id: 0 } },
    { Sequence: { id: 'A', type_id: 0 } },
    { SpecialToken: { id: token, type_id: 1 } },
    { Sequence: { id: 'B', type_id: 1 } },
  ],
  special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
})

/** The definition that llama.cpp means by this name; undefined for those that we do not know. */
function preTokenizer(name: string): Json | undefined {
  if (name === 'gpt-2') return byteLevel
  if (name === 'smollm') return { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, byteLevel] }
  const pattern = wordPatterns[name]
  if (pattern === undefined) return undefined
  return {
    type: 'Sequence',
    pretokenizers: [
      { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
      { ...byteLevel, use_regex: false },
    ],
  }
}
