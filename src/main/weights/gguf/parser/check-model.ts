import { corrupt } from '../errors/corrupt'
import { type GgufHeader, type GgufValue, listOf, perBlockOf, textOf } from '../types/header'

type Model = Pick<GgufHeader, 'metadata' | 'tensors'>

/**
 * What a language model's header must hold beyond being well formed: numbers in the range where loaders are safe, and the tensors that they promise.
 * Loaders trust these; a wrong one makes them abort the process or loop for minutes.
 */
export function checkModel(header: Model, file: string): void {
  const fail: Fail = (field, what) => {
    throw corrupt(file, field, what)
  }
  const architecture = textOf(header.metadata, 'general.architecture')
  if (architecture === undefined || !/^[a-z0-9._-]{1,64}$/i.test(architecture))
    fail('the key general.architecture', 'is missing or not a name')
  for (const { key, test, what, required } of rules) {
    const full = `${architecture}.${key}`
    const value = header.metadata.get(full)
    if (value === undefined) {
      if (required) fail(`the key ${full}`, 'is missing')
    } else if (!numbersOf(value).every(test) || numbersOf(value).length === 0) fail(`the key ${full}`, what)
  }
  checkHeads(header, architecture, fail)
  checkTokens(header, fail)
  checkTensors(header, architecture, fail)
}

const whole =
  (least: number, most: number) =>
  (value: number): boolean =>
    Number.isInteger(value) && value >= least && value <= most

const rules = [
  { key: 'block_count', test: whole(1, 512), what: 'is not 1 to 512', required: true },
  { key: 'embedding_length', test: whole(1, 65_536), what: 'is not 1 to 65,536', required: true },
  { key: 'context_length', test: whole(1, 16 * 2 ** 20), what: 'is not 1 to 16,777,216', required: false },
  { key: 'feed_forward_length', test: whole(0, 2 ** 24), what: 'is out of range', required: false },
  { key: 'attention.head_count', test: whole(0, 1024), what: 'is not 1 to 1,024', required: false },
  { key: 'attention.head_count_kv', test: whole(0, 1024), what: 'is not 1 to 1,024', required: false },
  { key: 'attention.key_length', test: whole(1, 65_536), what: 'is out of range', required: false },
  { key: 'attention.value_length', test: whole(1, 65_536), what: 'is out of range', required: false },
  { key: 'expert_count', test: whole(0, 4096), what: 'is out of range', required: false },
  {
    key: 'attention.layer_norm_rms_epsilon',
    test: (value: number) => value >= 0 && value <= 0.1,
    what: 'is not 0 to 0.1',
    required: false,
  },
  { key: 'attention.layer_norm_epsilon', test: (value: number) => value >= 0 && value <= 0.1, what: 'is not 0 to 0.1', required: false },
  { key: 'rope.freq_base', test: (value: number) => value > 0 && Number.isFinite(value), what: 'is not above 0', required: false },
  { key: 'rope.dimension_count', test: whole(0, 65_536), what: 'is out of range', required: false },
] as const

function numbersOf(value: GgufValue): number[] {
  const items = value.type === 'array' ? value.value : [value.value]
  return items.map((item) => (typeof item === 'number' ? item : Number.NaN))
}

type Fail = (field: string, what: string) => never

/** A per-block list may hold 0 (a block without attention); a single number may not. Key and value heads divide the heads. */
function checkHeads(header: Model, architecture: string, fail: Fail): void {
  const key = `${architecture}.attention.head_count`
  const heads = perBlockOf(header.metadata, key)
  if (heads === undefined) return
  if (heads.length === 1 && heads[0] === 0) fail(`the key ${key}`, 'is 0')
  const groups = perBlockOf(header.metadata, `${key}_kv`)
  groups?.forEach((count, index) => {
    const of = heads[heads.length === 1 ? 0 : index] ?? 0
    if (groups.length === 1 && count === 0) fail(`the key ${key}_kv`, 'is 0')
    if (count > 0 && of % count !== 0) fail(`the key ${key}_kv`, `(${count}) does not divide the ${of} heads`)
  })
}

function checkTokens(header: Model, fail: Fail): void {
  const tokens = listOf(header.metadata, 'tokenizer.ggml.tokens')
  if (tokens === undefined) return
  if (tokens.length === 0 || typeof tokens[0] !== 'string') fail('the key tokenizer.ggml.tokens', 'is not a list of texts')
  for (const name of ['scores', 'token_type']) {
    const list = listOf(header.metadata, `tokenizer.ggml.${name}`)
    if (list !== undefined && list.length !== tokens.length)
      fail(`the key tokenizer.ggml.${name}`, `has ${list.length} entries for ${tokens.length} tokens`)
  }
  for (const [key, { value }] of header.metadata) {
    // 2^32 − 1 is the format's way to say "none"
    if (!/^tokenizer\.ggml\.[a-z_]+_token_id$/.test(key) || value === 0xffffffff) continue
    if (typeof value !== 'number' || !Number.isInteger(value) || value < -1 || value >= tokens.length)
      fail(`the key ${key}`, `points outside the ${tokens.length} tokens`)
  }
}

function checkTensors(header: Model, architecture: string, fail: Fail): void {
  const embedding = header.tensors.find(({ name }) => name === 'token_embd.weight')
  if (embedding === undefined) fail('the tensor token_embd.weight', 'is missing')
  const width = perBlockOf(header.metadata, `${architecture}.embedding_length`)?.[0]
  const tokens = listOf(header.metadata, 'tokenizer.ggml.tokens')
  if (embedding.shape[0] !== width) fail('the tensor token_embd.weight', `has rows of ${embedding.shape[0]}, but the model says ${width}`)
  if (tokens !== undefined && (embedding.shape[1] ?? 1) < tokens.length)
    fail('the tensor token_embd.weight', `has ${embedding.shape[1] ?? 1} rows for ${tokens.length} tokens`)
  checkBlocks(header, architecture, width, fail)
}

function checkBlocks(header: Model, architecture: string, width: number | undefined, fail: Fail): void {
  const blocks = perBlockOf(header.metadata, `${architecture}.block_count`)?.[0] ?? 0
  const seen = new Set<number>()
  for (const { name, shape } of header.tensors) {
    const index = /^blk\.(\d+)\./.exec(name)?.[1]
    if (index === undefined) continue
    if (Number(index) >= blocks) fail(`the tensor ${name}`, `lies outside the ${blocks} blocks`)
    seen.add(Number(index))
    if (/\.(attn|ffn)_norm\.weight$/.test(name) && shape[0] !== width)
      fail(`the tensor ${name}`, `has ${shape[0]} entries, but the model says ${width}`)
  }
  for (let index = 0; index < blocks; index++) if (!seen.has(index)) fail(`the block ${index}`, 'has no tensors')
}
