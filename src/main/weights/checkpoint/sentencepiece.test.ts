import { expect, test } from 'vitest'
import { TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import { sentencePieceBytes } from '../testing/sentencepiece'
import type { Checkpoint } from './plan'
import { sentencePieceVocabulary } from './sentencepiece'
import { parseSentencePiece } from './sentencepiece-model'
import { vocabularyOf } from './vocabulary'

const checkpoint = (more: Partial<Checkpoint>): Checkpoint => ({
  name: 'tiny',
  dtype: 'keep',
  tensors: new Map(),
  config: { bos_token_id: 1, eos_token_id: 2 },
  tokenizer: null,
  ...more,
})
const valuesOf = (entries: [string, { value: unknown }][] | undefined): Record<string, unknown> =>
  Object.fromEntries((entries ?? []).map(([key, { value }]) => [key.replace('tokenizer.ggml.', ''), value]))

test('pieces, scores and kinds of a tokenizer.model', () => {
  const { pieces, kind, addDummyPrefix } = parseSentencePiece(sentencePieceBytes(300), 'tiny')
  expect([pieces.length, kind, addDummyPrefix]).toEqual([300, 2, true])
  expect([pieces[0], pieces[1], pieces[3 + 10], pieces[260]]).toEqual([
    { text: '<unk>', score: 0, type: 2 },
    { text: '<s>', score: 0, type: 3 },
    { text: '<0x0A>', score: 0, type: 6 },
    { text: 'a', score: -1, type: 1 },
  ])
})

test('a vocabulary of SentencePiece, its added tokens, and ids beyond it', () => {
  const tokenizerConfig: Json = {
    add_bos_token: true,
    bos_token: '<s>',
    unk_token: '<unk>',
    added_tokens_decoder: {
      '0': { content: '<unk>', special: true },
      '270': { content: '<|im_start|>', special: true },
      '271': { content: 'tool', special: false },
    },
  }
  const found = valuesOf(
    sentencePieceVocabulary(checkpoint({ sentencePiece: sentencePieceBytes(270, { dummyPrefix: false }), tokenizerConfig }), 274),
  )
  expect([
    found.model,
    found.add_space_prefix,
    found.add_bos_token,
    found.bos_token_id,
    found.eos_token_id,
    found.unknown_token_id,
  ]).toEqual(['llama', false, true, 1, 2, 0])
  expect((found.tokens as string[]).slice(268)).toEqual(['▁w268', '▁w269', '<|im_start|>', 'tool', '[PAD272]', '[PAD273]'])
  expect((found.token_type as number[]).slice(268)).toEqual([1, 1, 3, 4, 5, 5])
  expect((found.token_type as number[])[0]).toBe(2)
})

test('a tokenizer.json that falls back to bytes: earlier merges score higher', () => {
  const vocab = Object.fromEntries(['<unk>', '<0x0A>', '▁', 'a', 'b', 'ab', '▁ab'].map((token, id) => [token, id]))
  const tokenizer: Json = {
    model: { type: 'BPE', vocab, merges: ['a b', '▁ ab'], byte_fallback: true, unk_token: '<unk>' },
    normalizer: { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }] },
    added_tokens: [{ id: 0, content: '<unk>', special: true }],
  }
  const found = valuesOf(vocabularyOf(checkpoint({ tokenizer }), 7))
  expect([found.token_type, found.scores, found.add_space_prefix]).toEqual([[2, 6, 1, 1, 1, 1, 1], [0, 0, -2, -2, -2, -0, -1], true])
})

test('unigram models and missing vocabularies are refused; more tokens than embeddings are damage', () => {
  expect(() => vocabularyOf(checkpoint({ sentencePiece: sentencePieceBytes(300, { kind: 1 }) }), 300)).toThrow('neither byte-level BPE nor')
  expect(() => vocabularyOf(checkpoint({}), 300)).toThrow('neither byte-level BPE nor')
  expect(() => vocabularyOf(checkpoint({ sentencePiece: sentencePieceBytes(300) }), 299)).toThrow('beyond its 299 embeddings')
})

test('3,000 damaged tokenizer.model files: a vocabulary or one sentence, never anything else', () => {
  const whole = sentencePieceBytes(300)
  let state = 1
  const draw = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % below
  }
  let refused = 0
  for (let round = 0; round < 3000; round++) {
    const bytes = round % 3 === 0 ? whole.slice(0, draw(whole.length)) : whole.slice()
    for (let change = 0; change < 1 + draw(4) && bytes.length > 0; change++) bytes[draw(bytes.length)] = draw(256)
    try {
      expect(parseSentencePiece(bytes, 'tiny').pieces.length).toBeLessThanOrEqual(bytes.length)
    } catch (error) {
      expect(error).toBeInstanceOf(TributaryError)
      refused++
    }
  }
  expect(refused).toBeGreaterThan(500)
})
