import { expect, test } from 'vitest'
import { listOf, numberOf } from '../gguf/types/header'
import { planBert } from './bert'
import type { Checkpoint } from './plan'

const tensor = (name: string, shape: number[]) => ({ name, shape, type: 'F32', offset: 0, byteLength: 0, path: 'x' }) as const
const block = (name: string) => `encoder.layer.0.${name}`

const checkpoint = (changes: Partial<Checkpoint> = {}): Checkpoint => ({
  name: 'tiny',
  dtype: 'F16',
  sourceSha256: 'ab',
  config: {
    model_type: 'bert',
    hidden_size: 4,
    intermediate_size: 8,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    max_position_embeddings: 6,
    layer_norm_eps: 1e-12,
    hidden_act: 'gelu',
  },
  tokenizer: {
    model: { type: 'WordPiece', vocab: { '[PAD]': 0, '[UNK]': 1, '[CLS]': 2, '[SEP]': 3, '[MASK]': 4, river: 5, '##s': 6 } },
    added_tokens: ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].map((content, id) => ({ id, content, special: true })),
    normalizer: { type: 'BertNormalizer', lowercase: true },
  },
  tensors: new Map(
    [
      tensor('embeddings.word_embeddings.weight', [8, 4]),
      tensor('embeddings.position_embeddings.weight', [6, 4]),
      tensor('embeddings.position_ids', [1, 6]),
      tensor(block('attention.self.query.weight'), [4, 4]),
      tensor(block('attention.self.query.bias'), [4]),
      tensor(block('output.LayerNorm.weight'), [4]),
      tensor('pooler.dense.weight', [4, 4]),
    ].map((each) => [each.name, each]),
  ),
  ...changes,
})

test('tensors get their names in a stable order; matrices are halves, tables of positions and vectors stay float32', () => {
  expect(planBert(checkpoint()).tensors.map(({ name, type, shape }) => [name, type, shape])).toEqual([
    ['position_embd.weight', 'F32', [4, 6]],
    ['token_embd.weight', 'F16', [4, 8]],
    ['blk.0.attn_q.bias', 'F32', [4]],
    ['blk.0.attn_q.weight', 'F16', [4, 4]],
    ['blk.0.layer_output_norm.weight', 'F32', [4]],
  ])
})

test('a word begins with ▁, its continuation is bare, special tokens stay, missing ids are filled', () => {
  const { metadata } = planBert(checkpoint())
  expect(listOf(metadata, 'tokenizer.ggml.tokens')).toEqual(['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', '▁river', 's', '[PAD7]'])
  expect(listOf(metadata, 'tokenizer.ggml.token_type')).toEqual([3, 3, 3, 3, 3, 1, 1, 5])
})

test('pooling follows the checkpoint: mean by default, the first token on request, anything else is refused', () => {
  const typeOf = (pooling?: Record<string, boolean>) =>
    numberOf(planBert(checkpoint(pooling ? { pooling } : {})).metadata, 'bert.pooling_type')
  expect(typeOf()).toBe(1)
  expect(typeOf({ pooling_mode_mean_tokens: true })).toBe(1)
  expect(typeOf({ pooling_mode_cls_token: true, pooling_mode_mean_tokens: false })).toBe(2)
  expect(() => typeOf({ pooling_mode_max_tokens: true })).toThrow(/pools/)
})

test('a checkpoint that keeps everything under bert. is read all the same', () => {
  const tensors = new Map([...checkpoint().tensors.values()].map((each) => [`bert.${each.name}`, { ...each, name: `bert.${each.name}` }]))
  expect(planBert(checkpoint({ tensors })).tensors).toHaveLength(5)
})

test('a classifier makes a cross-encoder: the pooler stays, the head reads the first token, labels keep their order', () => {
  const head = [tensor('pooler.dense.bias', [4]), tensor('classifier.weight', [3, 4]), tensor('classifier.bias', [3])].map(
    (each) => [each.name, each] as const,
  )
  const { config, tensors } = checkpoint()
  const named = { ...(config as object), id2label: { 0: 'contradiction', 1: 'entailment', 2: 'neutral' } }
  const plan = planBert(checkpoint({ config: named, tensors: new Map([...tensors, ...head]) }))
  expect(plan.tensors.filter(({ name }) => name.startsWith('cls')).map(({ name, shape }) => [name, shape])).toEqual([
    ['cls.bias', [4]],
    ['cls.output.bias', [3]],
    ['cls.output.weight', [4, 3]],
    ['cls.weight', [4, 4]],
  ])
  expect(numberOf(plan.metadata, 'bert.pooling_type')).toBe(4)
  expect(listOf(plan.metadata, 'bert.classifier.output_labels')).toEqual(['contradiction', 'entailment', 'neutral'])
})
