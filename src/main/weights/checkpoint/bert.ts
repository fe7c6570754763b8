import { z } from 'zod'
import { TributaryError } from '../../../shared/errors'
import { planTensors, type TensorNames } from './names'
import { bool, type Checkpoint, type ConversionPlan, float32, generalMetadata, int32s, text, texts, uint32 } from './plan'

/**
 * Encoder models of the BERT family (Devlin et al. 2019, arXiv:1810.04805) with a WordPiece vocabulary: sentence embedders such as MiniLM, and
 * cross-encoders (rerankers, NLI models), whose pooler and classifier become the head that llama.cpp calls rank pooling.
 */
const configSchema = z.object({
  model_type: z.literal('bert'),
  hidden_size: z.number().int().positive(),
  intermediate_size: z.number().int().positive(),
  num_hidden_layers: z.number().int().positive(),
  num_attention_heads: z.number().int().positive(),
  max_position_embeddings: z.number().int().positive(),
  type_vocab_size: z.number().int().positive().default(2),
  layer_norm_eps: z.number().positive(),
  hidden_act: z.literal('gelu'),
  position_embedding_type: z.literal('absolute').default('absolute'),
  id2label: z.record(z.string(), z.string().max(200)).optional(),
})

const tokenizerSchema = z.object({
  model: z.object({ type: z.literal('WordPiece'), vocab: z.record(z.string(), z.number().int().min(0)) }),
  added_tokens: z.array(z.object({ id: z.number().int().min(0), content: z.string(), special: z.boolean() })).default([]),
  normalizer: z.object({ type: z.literal('BertNormalizer'), lowercase: z.boolean().default(true) }),
})

const poolingSchema = z.looseObject({
  pooling_mode_cls_token: z.boolean().default(false),
  pooling_mode_mean_tokens: z.boolean().default(false),
})

const names: TensorNames = {
  whole: {
    'embeddings.word_embeddings.weight': 'token_embd.weight',
    'embeddings.position_embeddings.weight': 'position_embd.weight',
    'embeddings.token_type_embeddings.weight': 'token_types.weight',
    'embeddings.LayerNorm.weight': 'token_embd_norm.weight',
    'embeddings.LayerNorm.bias': 'token_embd_norm.bias',
  },
  blockPrefix: 'encoder.layer.',
  perBlock: weightAndBias({
    'attention.self.query': 'attn_q',
    'attention.self.key': 'attn_k',
    'attention.self.value': 'attn_v',
    'attention.output.dense': 'attn_output',
    'attention.output.LayerNorm': 'attn_output_norm',
    'intermediate.dense': 'ffn_up',
    'output.dense': 'ffn_down',
    'output.LayerNorm': 'layer_output_norm',
  }),
  dropped: [/^embeddings\.position_ids$/, /^pooler\./],
  keepFloat32: ['position_embd.weight', 'token_types.weight'],
}

/** With a classifier, what an embedder drops is needed: the first token passes the pooler (tanh), then the classifier. */
const namesWithHead: TensorNames = {
  ...names,
  whole: { ...names.whole, ...weightAndBias({ 'pooler.dense': 'cls', classifier: 'cls.output' }) },
  dropped: [/^embeddings\.position_ids$/],
}

function weightAndBias(layers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(layers).flatMap(([from, to]) => ['weight', 'bias'].map((part) => [`${from}.${part}`, `${to}.${part}`])),
  )
}

export function planBert(given: Checkpoint): ConversionPlan {
  const checkpoint = withoutPrefix(given)
  const config = configSchema.parse(checkpoint.config)
  const rows = checkpoint.tensors.get('embeddings.word_embeddings.weight')?.shape[0] ?? 0
  const classes = checkpoint.tensors.get('classifier.weight')?.shape[0]
  return {
    tensors: planTensors(checkpoint, classes === undefined ? names : namesWithHead),
    metadata: new Map([
      ...generalMetadata(checkpoint, 'bert'),
      ['bert.block_count', uint32(config.num_hidden_layers)],
      ['bert.context_length', uint32(config.max_position_embeddings)],
      ['bert.embedding_length', uint32(config.hidden_size)],
      ['bert.feed_forward_length', uint32(config.intermediate_size)],
      ['bert.attention.head_count', uint32(config.num_attention_heads)],
      ['bert.attention.layer_norm_epsilon', float32(config.layer_norm_eps)],
      ['bert.attention.causal', bool(false)],
      ['bert.pooling_type', uint32(classes === undefined ? poolingType(checkpoint) : rankPooling)],
      ...labels(classes, config.id2label),
      ['tokenizer.ggml.token_type_count', uint32(config.type_vocab_size)],
      ...vocabulary(checkpoint, rows),
    ]),
  }
}

/** Some checkpoints put everything under `bert.`. */
function withoutPrefix(checkpoint: Checkpoint): Checkpoint {
  const bare = (name: string): string => (name.startsWith('bert.') ? name.slice('bert.'.length) : name)
  return {
    ...checkpoint,
    tensors: new Map([...checkpoint.tensors.values()].map((tensor) => [bare(tensor.name), { ...tensor, name: bare(tensor.name) }])),
  }
}

/** llama.cpp's number for a head that reads the first token. */
const rankPooling = 4

/** One label for each row of the classifier. A single row without a name of its own scores relevance. */
function labels(classes: number | undefined, named: Record<string, string> = {}): [string, ReturnType<typeof texts>][] {
  if (classes === undefined) return []
  const nameOf = (id: number): string => (classes === 1 ? 'relevance' : (named[id] ?? `LABEL_${id}`))
  return [['bert.classifier.output_labels', texts(Array.from({ length: classes }, (_, id) => nameOf(id)))]]
}

/** llama.cpp's numbers: 1 mean, 2 the first token. A checkpoint that does not say is averaged, as sentence-transformers does. */
function poolingType(checkpoint: Checkpoint): number {
  if (checkpoint.pooling === undefined) return 1
  const pooling = poolingSchema.parse(checkpoint.pooling)
  if (pooling.pooling_mode_mean_tokens) return 1
  if (pooling.pooling_mode_cls_token) return 2
  throw new TributaryError('model-unsupported', `${checkpoint.name} pools its token vectors in a way that llama.cpp does not know.`)
}

const control = 3
const normal = 1
const unused = 5

/** WordPiece as llama.cpp wants it: a word's beginning is marked with ▁, its continuation is bare; special tokens stay as they are. */
function vocabulary(checkpoint: Checkpoint, rows: number): [string, ReturnType<typeof text>][] {
  const { model, added_tokens, normalizer } = tokenizerSchema.parse(checkpoint.tokenizer)
  const special = new Set(added_tokens.filter((token) => token.special).map((token) => token.content))
  const tokens = Array.from({ length: rows }, (_, id) => `[PAD${id}]`)
  const types = Array.from({ length: rows }, () => unused)
  for (const [token, id] of Object.entries(model.vocab)) {
    if (id >= rows) throw new TributaryError('model-corrupt', `${checkpoint.name} has a token ${id} beyond its ${rows} embeddings.`)
    tokens[id] = special.has(token) ? token : token.startsWith('##') ? token.slice(2) : `\u2581${token}`
    types[id] = special.has(token) ? control : normal
  }
  const idOf = (token: string): number => {
    const id = model.vocab[token]
    if (id === undefined) throw new TributaryError('model-unsupported', `The vocabulary of ${checkpoint.name} has no ${token} token.`)
    return id
  }
  return [
    ['tokenizer.ggml.model', text('bert')],
    ['tokenizer.ggml.tokens', texts(tokens)],
    ['tokenizer.ggml.token_type', int32s(types)],
    ['tokenizer.ggml.bos_token_id', uint32(idOf('[CLS]'))],
    ['tokenizer.ggml.eos_token_id', uint32(idOf('[SEP]'))],
    ['tokenizer.ggml.unknown_token_id', uint32(idOf('[UNK]'))],
    ['tokenizer.ggml.seperator_token_id', uint32(idOf('[SEP]'))], // llama.cpp spells it so
    ['tokenizer.ggml.padding_token_id', uint32(idOf('[PAD]'))],
    ['tokenizer.ggml.mask_token_id', uint32(idOf('[MASK]'))],
    ['tokenizer.ggml.add_bos_token', bool(true)],
    ['tokenizer.ggml.add_eos_token', bool(true)],
    ['tokenizer.ggml.normalizer.lowercase', bool(normalizer.lowercase)],
  ]
}
