import koffi from 'koffi'
import type { LoadedModel, MemoryOfCall } from './loaded-model'
import { tensor } from './structs'
import { type Activation, ActivationTap, isFloat, nameOf, shapeOf } from './taps'

/** One product of a weight matrix with what flows into it, as a forward pass computes it. Arrays are reused: copy what you keep. */
export interface MatrixProduct {
  /** the matrix, as the file names it: `blk.0.ffn_up.weight` */
  readonly weight: string
  /** what flows in; matrices that share it (q, k and v) name it alike */
  readonly input: string
  /** [rows × width], one row a token */
  readonly inputs: Float32Array
  readonly width: number
  /** [rows × outputWidth] */
  readonly outputs: Float32Array
  readonly outputWidth: number
  /** of the logits: what the model gives in the end */
  readonly isLast: boolean
}

const sourceOffset = BigInt(koffi.offsetof(tensor, 'src'))

/**
 * Shows every product of a weight matrix, whatever the architecture calls it: the operation is looked at, not its name. Products with stacks of
 * experts (`MUL_MAT_ID`) are not shown.
 */
export class ProductTap {
  readonly #tap: ActivationTap
  readonly #inputs = { values: new Float32Array(0) }

  private constructor(tap: ActivationTap) {
    this.#tap = tap
  }

  /** `sumsBytes`: what the caller adds up of the products; `texts`: how many are read in one pass at most. */
  static async open(model: LoadedModel, memory: MemoryOfCall, sumsBytes: number, texts: number): Promise<ProductTap> {
    const { binding } = model.native
    const isProduct = (_: string, address: bigint): boolean => {
      if (binding.ggml_op_desc(address) !== 'MUL_MAT') return false
      const [weight, input] = sourcesOf(address)
      return weight !== 0n && input !== 0n && nameOf(weight).endsWith('.weight') && isFloat(input)
    }
    const tap = await ActivationTap.open(model, memory, { everyLogit: true, sumsBytes }, isProduct, texts)
    return new ProductTap(tap)
  }

  /** One forward pass over texts of at most 512 tokens in all, whose rows follow each other. */
  async read(texts: readonly (readonly number[])[], onProduct: (product: MatrixProduct) => void): Promise<void> {
    await this.#tap.readTogether(texts, (activation) => onProduct(this.#product(activation)), true)
  }

  close(): void {
    this.#tap.close()
  }

  #product({ name, address, shape, values }: Activation): MatrixProduct {
    const [weight, input] = sourcesOf(address)
    return {
      weight: nameOf(weight),
      input: nameOf(input),
      inputs: this.#tap.valuesOf(input, this.#inputs),
      width: shapeOf(input)[0],
      outputs: values,
      outputWidth: shape[0],
      isLast: name === 'result_output',
    }
  }
}

/** The first two tensors that a tensor is computed from; 0 where there is none. */
export const sourcesOf = (address: bigint): [weight: bigint, input: bigint] => [
  BigInt(koffi.decode.uint64(address + sourceOffset)),
  BigInt(koffi.decode.uint64(address + sourceOffset + 8n)),
]
