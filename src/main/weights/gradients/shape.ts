import { TributaryError } from '../../../shared/errors'
import { type GgufMetadata, numberOf, textOf } from '../gguf/types/header'

/** The numbers that make a Llama-type network. */
export interface LlamaShape {
  readonly blocks: number
  readonly width: number
  readonly heads: number
  readonly keyHeads: number
  readonly headWidth: number
  readonly epsilon: number
  readonly ropeBase: number
}

/** Throws `model-unsupported` for anything but a plain Llama: other architectures, scaled positions, biases, experts. */
export function llamaShape(
  name: string,
  metadata: GgufMetadata,
  tensors: readonly { readonly name: string; readonly shape: readonly number[] }[],
): LlamaShape {
  const refuse = (what: string): never => {
    throw new TributaryError('model-unsupported', `Exact gradients of ${name} cannot be computed: ${what}.`, {
      hint: 'They are computed for plain models of the Llama architecture; choose the statistics of activations instead.',
    })
  }
  const architecture = textOf(metadata, 'general.architecture')
  if (architecture !== 'llama') refuse(`it is a ${architecture} model`)
  const unknown = tensors.find(
    ({ name: tensor }) =>
      !/^(token_embd|output|output_norm|blk\.\d+\.(attn_(norm|q|k|v|output)|ffn_(norm|gate|up|down)))\.weight$/.test(tensor),
  )
  if (unknown) refuse(`it has the tensor ${unknown.name}`)
  const need = (key: string): number => numberOf(metadata, `llama.${key}`) ?? refuse(`it does not say its ${key}`)
  const [width, heads] = [need('embedding_length'), need('attention.head_count')]
  const headWidth = numberOf(metadata, 'llama.attention.key_length') ?? width / heads
  if ((numberOf(metadata, 'llama.rope.dimension_count') ?? headWidth) !== headWidth) refuse('only a part of each head is rotated')
  if (textOf(metadata, 'llama.rope.scaling.type') !== undefined && textOf(metadata, 'llama.rope.scaling.type') !== 'none')
    refuse('its positions are scaled')
  return {
    blocks: need('block_count'),
    width,
    heads,
    keyHeads: numberOf(metadata, 'llama.attention.head_count_kv') ?? heads,
    headWidth,
    epsilon: need('attention.layer_norm_rms_epsilon'),
    ropeBase: numberOf(metadata, 'llama.rope.freq_base') ?? 10_000,
  }
}
