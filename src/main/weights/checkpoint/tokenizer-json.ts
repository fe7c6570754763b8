import type { Json } from '../../../shared/json'
import { wordPatterns } from './bpe'
import { token } from './special-tokens'
import type { KnownVocabulary } from './tokenizer-files'

/** A byte-level BPE vocabulary as `tokenizer.json`: the way back of `bpeVocabulary`. Undefined where nobody here knows how it cuts words. */
export function tokenizerJson({ texts, types, pre: name, merges, bos }: KnownVocabulary): Json | undefined {
  const pre = preTokenizer(name)
  if (pre === undefined) return undefined
  const isAdded = (id: number): boolean => types[id] === token.control || types[id] === token.userDefined
  const vocab = Object.fromEntries(texts.flatMap((content, id) => (types[id] === token.normal || isAdded(id) ? [[content, id]] : [])))
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: texts.flatMap((content, id) =>
      isAdded(id)
        ? [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: types[id] === token.control }]
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
      merges: [...merges],
    },
  }
}

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
