import koffi from 'koffi'
import type { ActivationSummary } from '../models/host-protocol'
import { Batch } from './batch'
import type { Binding } from './binding'
import type { LoadedModel, MemoryOfCall } from './loaded-model'
import type { Pointer } from './native-types'
import { type TapWish, tapBytes, tapTokens } from './plan-tap'
import { evalCallback, tensor } from './structs'

/** One tensor of a forward pass. `shape` innermost first: channels, then tokens. `values` is reused: copy what you keep. */
export interface Activation {
  readonly name: string
  /** of the ggml tensor; see `matrix-products.ts` */
  readonly address: bigint
  readonly shape: readonly [number, number, number, number]
  readonly values: Float32Array
}

const ggmlF32 = 0

/**
 * Runs token lists through a model and shows chosen tensors as they are computed (`attn_norm-0`, `ffn_out-3`, …): what calibration measures.
 * Each list is read as a text of its own. Only float32 tensors are shown, which activations are. Slower than plain reading: the graph is
 * computed in pieces, with JavaScript between them.
 */
export class ActivationTap {
  readonly #binding: Binding
  readonly #pointer: Pointer
  readonly #callback: bigint
  readonly #batch = new Batch(tapTokens)
  #onTensor: ((activation: Activation) => void) | undefined
  #failure: unknown
  readonly #own: Held = { values: new Float32Array(0) }

  private constructor(
    readonly model: LoadedModel,
    wanted: (name: string, address: bigint) => boolean,
    readonly giveBack: () => void,
    texts: number,
  ) {
    const { binding, pointer } = model.native
    this.#binding = binding
    this.#callback = koffi.register(
      (address: bigint, ask: boolean): boolean => this.#observe(address, ask, wanted),
      koffi.pointer(evalCallback),
    )
    this.#pointer = binding.llama_init_from_model(pointer, {
      ...binding.llama_context_default_params(),
      n_ctx: tapTokens,
      n_batch: tapTokens,
      n_ubatch: tapTokens,
      // texts that are read in one pass share its cells
      n_seq_max: texts,
      kv_unified: true,
      cb_eval: this.#callback,
    })
    if (this.#pointer === null) throw new Error('llama.cpp could not make a context for activations')
    model.workers.assign(this.#pointer, model.threads)
  }

  /** Makes room first, as every context of a call does; throws `out-of-memory` where there is none. `texts`: how many one pass may read, side by side. */
  static async open(
    model: LoadedModel,
    memory: MemoryOfCall,
    wish: TapWish,
    wanted: (name: string, address: bigint) => boolean,
    texts = 1,
  ): Promise<ActivationTap> {
    const { embeddingDimensions, vocabulary, cacheBytesPerToken, name } = model.native
    const bytes = tapBytes({ embeddingDimensions, vocabularySize: vocabulary.size, cacheBytesPerToken }, wish)
    await memory.reserve(bytes, `looking into "${name}"`)
    const giveBack = model.borrow(bytes)
    try {
      return new ActivationTap(model, wanted, giveBack, texts)
    } catch (error) {
      giveBack()
      throw error
    } finally {
      memory.settled()
    }
  }

  /** One forward pass over at most 512 tokens; `everyLogit`: not for the last token alone. What `onTensor` throws stops the pass and is thrown here. */
  async read(tokens: readonly number[], onTensor: (activation: Activation) => void, everyLogit = false): Promise<void> {
    await this.readTogether([tokens], onTensor, everyLogit)
  }

  /** The same over several texts of 512 tokens in all, none of which sees another; their tokens follow each other in every tensor. */
  async readTogether(texts: readonly (readonly number[])[], onTensor: (activation: Activation) => void, everyLogit = false): Promise<void> {
    await this.model.lock.run(() => this.#read(texts, onTensor, everyLogit))
  }

  /** The values of a float32 tensor of the pass that runs, into memory that is used again for the next tensor asked of `held`. */
  valuesOf(address: bigint, held: Held = this.#own): Float32Array {
    const length = shapeOf(address).reduce((product, n) => product * n, 1)
    if (held.values.length < length) held.values = new Float32Array(length)
    this.#binding.ggml_backend_tensor_get(address, held.values, 0, 4 * length)
    return held.values.subarray(0, length)
  }

  /** Puts other values in the place of a tensor that is being shown: what is computed from it later sees them. */
  replace(address: bigint, values: Float32Array): void {
    this.#binding.ggml_backend_tensor_set(address, values, 0, values.byteLength)
  }

  /** Works adapters in from now on, each so strongly. Throws where llama.cpp refuses. */
  adapt(adapters: readonly { readonly pointer: Pointer; readonly scale: number }[]): void {
    const pointers = BigUint64Array.from(adapters, ({ pointer }) => BigInt(pointer ?? 0))
    const scales = Float32Array.from(adapters, ({ scale }) => scale)
    if (this.#binding.llama_set_adapters_lora(this.#pointer, pointers, adapters.length, scales) !== 0)
      throw new Error('llama.cpp could not work the adapters in')
  }

  close(): void {
    this.#binding.llama_free(this.#pointer)
    koffi.unregister(this.#callback)
    this.giveBack()
  }

  #read(texts: readonly (readonly number[])[], onTensor: (activation: Activation) => void, everyLogit: boolean): void {
    const batch = this.#batch
    batch.clear()
    for (const [sequence, tokens] of texts.entries())
      tokens.slice(0, tapTokens - batch.length).forEach((token, position) => {
        batch.add(token, position, sequence, undefined, everyLogit || position === tokens.length - 1)
      })
    const memory = this.#binding.llama_get_memory(this.#pointer)
    if (memory !== null) this.#binding.llama_memory_clear(memory, false)
    this.#onTensor = onTensor
    this.#failure = undefined
    const status = this.#binding.llama_decode(this.#pointer, batch.native)
    this.#onTensor = undefined
    if (this.#failure !== undefined) throw this.#failure
    if (status !== 0) throw new Error(`llama.cpp could not evaluate the tokens (code ${status})`)
  }

  /** Called by llama.cpp on this thread: first to ask whether a tensor is wanted, then with its values computed. */
  #observe(address: bigint, ask: boolean, wanted: (name: string, address: bigint) => boolean): boolean {
    const name = nameOf(address)
    if (ask) return isFloat(address) && wanted(name, address)
    try {
      this.#onTensor?.({ name, address, shape: shapeOf(address), values: this.valuesOf(address) })
      return true
    } catch (error) {
      this.#failure = error
      return false
    }
  }
}

/** Memory for the values of one tensor at a time. */
export interface Held {
  values: Float32Array
}

const nameOffset = BigInt(koffi.offsetof(tensor, 'name'))
const shapeOffset = BigInt(koffi.offsetof(tensor, 'ne'))

export const nameOf = (address: bigint): string => koffi.decode.string(address + nameOffset)
export const isFloat = (address: bigint): boolean => koffi.decode.int32(address) === ggmlF32
export const shapeOf = (address: bigint): Activation['shape'] =>
  [0, 1, 2, 3].map((d) => Number(koffi.decode.int64(address + shapeOffset + BigInt(8 * d)))) as unknown as Activation['shape']

/** Sums and sums of squares per channel over all tokens: means, energies and diagonal Gram matrices follow from them. */
export class ActivationMoments {
  readonly #byTensor = new Map<string, { channels: number; rows: number; sum: Float64Array; sumOfSquares: Float64Array }>()

  add({ name, shape, values }: Pick<Activation, 'name' | 'shape' | 'values'>): void {
    const channels = shape[0]
    const moments = this.#byTensor.get(name) ?? {
      channels,
      rows: 0,
      sum: new Float64Array(channels),
      sumOfSquares: new Float64Array(channels),
    }
    this.#byTensor.set(name, moments)
    for (let start = 0; start < values.length; start += channels) {
      for (let c = 0; c < channels; c++) {
        const x = values[start + c] as number
        moments.sum[c] = (moments.sum[c] as number) + x
        moments.sumOfSquares[c] = (moments.sumOfSquares[c] as number) + x * x
      }
      moments.rows++
    }
  }

  summaries(): ActivationSummary[] {
    return [...this.#byTensor].map(([name, moments]) => ({ tensor: name, ...moments }))
  }
}

/** Does a tensor's name fit one of these patterns? `*` stands for any characters. */
export function namePattern(patterns: readonly string[]): (name: string) => boolean {
  const expressions = patterns.map(
    (pattern) =>
      new RegExp(
        `^${pattern
          .split('*')
          .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          .join('.*')}$`,
      ),
  )
  return (name) => expressions.some((expression) => expression.test(name))
}
