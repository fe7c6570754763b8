import koffi from 'koffi'
import { cacheBytes, hasMerges, vocabularyBytes } from '../../shared/context-memory/cache'
import { type Numerics, needsEqualTypes, numericsOf } from '../../shared/context-memory/numerics'
import { TributaryError } from '../../shared/errors'
import type { Binding } from './binding'
import type { Pointer } from './native-types'
import { progressCallback } from './structs'
import { ModelVocabulary } from './vocabulary'

export interface LoadRequest {
  readonly path: string
  readonly name: string
  readonly fingerprint: string
  /** layers to offload; a negative number means all */
  readonly gpuLayers: number
  /** some weight matrix is F32, F16 or BF16; see `numerics.ts` */
  readonly hasFloatWeights: boolean
  /** whole numbers of the file's metadata to be taken otherwise, by key */
  readonly overrides?: Readonly<Record<string, number>>
  readonly signal: AbortSignal
  readonly onProgress: (fraction: number) => void
  /** the last things llama.cpp wrote, for the error */
  readonly recentLog: readonly string[]
}

/** LLAMA_POOLING_TYPE_* */
export const pooling = { none: 0, mean: 1, rank: 4 } as const

/** A model in memory: its weights, its vocabulary, and what its file says of it. Free it only when no context uses it. */
export class NativeModel {
  readonly vocabulary: ModelVocabulary
  readonly architecture: string
  readonly contextTokens: number
  readonly layers: number
  readonly embeddingDimensions: number
  readonly attentionHeads: number
  /** width inside a feed-forward part; where layers differ, the usual four times the model's own */
  readonly feedForward: number
  readonly chatTemplate: string | null
  /** of the file's own `pooling_type`; an encoder without one means by mean */
  readonly poolingType: number
  /** what its head for pairs tells apart; empty without one */
  readonly labels: readonly string[]
  /** reads whole texts at once and continues none, such as BERT */
  readonly isEncoder: boolean
  readonly canDistribution: boolean
  readonly canTruncate: boolean
  /** weights and vocabulary in memory */
  readonly sizeBytes: number
  readonly numerics: Numerics
  /** one token of one sequence in the cache, keys and values of all layers */
  readonly cacheBytesPerToken: number

  constructor(
    readonly binding: Binding,
    readonly pointer: Pointer,
    readonly name: string,
    { fingerprint, gpuLayers, hasFloatWeights }: Pick<LoadRequest, 'fingerprint' | 'gpuLayers' | 'hasFloatWeights'>,
  ) {
    this.vocabulary = new ModelVocabulary(binding, binding.llama_model_get_vocab(pointer), fingerprint)
    this.architecture = this.meta('general.architecture') ?? 'unknown'
    this.contextTokens = binding.llama_model_n_ctx_train(pointer)
    this.layers = binding.llama_model_n_layer(pointer)
    this.embeddingDimensions = binding.llama_model_n_embd_out(pointer)
    this.attentionHeads = Math.max(1, binding.llama_model_n_head(pointer))
    this.feedForward = Number(this.meta(`${this.architecture}.feed_forward_length`) ?? 4 * this.embeddingDimensions)
    this.chatTemplate = binding.llama_model_chat_template(pointer, null)
    this.isEncoder = this.meta(`${this.architecture}.attention.causal`) === 'false'
    this.poolingType = Number(this.meta(`${this.architecture}.pooling_type`) ?? (this.isEncoder ? pooling.mean : pooling.none))
    this.labels = this.#labels()
    const stateful = binding.llama_model_is_recurrent(pointer) || binding.llama_model_is_hybrid(pointer)
    this.canTruncate = !stateful
    this.canDistribution = !this.isEncoder && !binding.llama_model_has_encoder(pointer) && !binding.llama_model_is_diffusion(pointer)
    this.sizeBytes =
      Number(binding.llama_model_size(pointer)) + vocabularyBytes(this.vocabulary.size, hasMerges(this.meta('tokenizer.ggml.model')))
    const arch = this.architecture
    this.numerics = numericsOf({
      onCpu: gpuLayers === 0,
      hasFloatWeights,
      canTruncate: this.canTruncate,
      valueLength: this.#headLengths().values,
      needsEqualTypes: needsEqualTypes(arch) || this.meta(`${arch}.attention.key_length_mla`) !== undefined,
    })
    this.cacheBytesPerToken = this.#cacheBytesPerToken()
  }

  /** Reads a file that `readGgufHeader` has passed. Throws `model-load-failed`; ends with the signal's reason when it aborts. */
  static async load(binding: Binding, request: LoadRequest): Promise<NativeModel> {
    const onProgress = koffi.register((fraction: number): boolean => {
      request.onProgress(fraction)
      return !request.signal.aborted
    }, koffi.pointer(progressCallback))
    const params = {
      ...binding.llama_model_default_params(),
      n_gpu_layers: request.gpuLayers,
      // repacked weights are multiplied by other code for groups of four tokens than for the rest of them
      use_extra_bufts: request.gpuLayers !== 0,
      progress_callback: onProgress,
      // held here until the file is loaded
      kv_overrides: encodeOverrides(request.overrides ?? {}),
    }
    try {
      const pointer = await new Promise<Pointer>((resolve, reject) =>
        binding.llama_model_load_from_file.async(request.path, params, (error, result) => (error ? reject(error) : resolve(result))),
      )
      if (pointer !== null) return new NativeModel(binding, pointer, request.name, request)
      request.signal.throwIfAborted()
      throw loadFailed(request)
    } finally {
      koffi.unregister(onProgress)
    }
  }

  /** A head without names has one output: relevance. */
  #labels(): string[] {
    const { binding, pointer } = this
    if (this.poolingType !== pooling.rank) return []
    const count = Math.max(1, binding.llama_model_n_cls_out(pointer))
    const unnamed = count === 1 ? 'relevance' : 'label'
    return Array.from({ length: count }, (_, i) => binding.llama_model_cls_label(pointer, i) ?? unnamed)
  }

  /** A scalar of the file's metadata as text; undefined where it has none. Arrays cannot be had this way. */
  meta(key: string): string | undefined {
    const { binding, pointer } = this
    const length = binding.llama_model_meta_val_str(pointer, key, null, 0)
    if (length < 0) return undefined
    const buffer = Buffer.alloc(length + 1)
    binding.llama_model_meta_val_str(pointer, key, buffer, buffer.length)
    return buffer.toString('utf8', 0, length)
  }

  free(): void {
    this.binding.llama_model_free(this.pointer)
  }

  #cacheBytesPerToken(): number {
    const { keys, values } = this.#headLengths()
    const heads = Math.max(1, this.binding.llama_model_n_head_kv(this.pointer))
    return cacheBytes({ layers: this.layers, heads, keys, values }, this.numerics)
  }

  #headLengths(): { readonly keys: number; readonly values: number } {
    const { binding, pointer } = this
    const headSize = binding.llama_model_n_embd(pointer) / this.attentionHeads
    const keys = Number(this.meta(`${this.architecture}.attention.key_length`) ?? headSize)
    const values = Number(this.meta(`${this.architecture}.attention.value_length`) ?? headSize)
    return { keys, values }
  }
}

/** `llama_model_kv_override[]`: tag (0: whole number), key [128], value in a union of 128 bytes; ends with an empty key. null: none. */
function encodeOverrides(overrides: Readonly<Record<string, number>>): Buffer | null {
  const entries = Object.entries(overrides)
  if (entries.length === 0) return null
  const size = 264
  const buffer = Buffer.alloc(size * (entries.length + 1))
  for (const [i, [key, value]] of entries.entries()) {
    buffer.write(key, i * size + 4, 127, 'utf8')
    buffer.writeBigInt64LE(BigInt(value), i * size + 136)
  }
  return buffer
}

function loadFailed({ name, recentLog }: LoadRequest): TributaryError {
  const log = recentLog.slice(-6)
  return new TributaryError('model-load-failed', `llama.cpp could not load the model "${name}": ${log.at(-1) ?? 'it gives no reason'}`, {
    hint: 'Its architecture may be newer than this version of Tributary; try another file of the same model.',
    details: { log },
  })
}
