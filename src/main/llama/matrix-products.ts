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

/** Which products are shown: every one stops the computation while it is looked at. The logits always are. */
export interface ProductsLooked {
  readonly wanted: (weight: string) => boolean
  /** told of a matrix whose input was shown in this pass, in place of showing it; absent: all are shown */
  readonly onShared?: (weight: string, input: string) => void
}

const last = 'result_output'
const sourceOffset = BigInt(koffi.offsetof(tensor, 'src'))

/**
 * Shows every product of a weight matrix, whatever the architecture calls it: the operation is looked at, not its name. Products with stacks of
 * experts (`MUL_MAT_ID`) are not shown.
 */
export class ProductTap {
  readonly #tap: ActivationTap
  readonly #inputs = { values: new Float32Array(0) }
  /** inputs of this pass that were shown */
  readonly #seen: Set<string>

  private constructor(tap: ActivationTap, seen: Set<string>) {
    this.#tap = tap
    this.#seen = seen
  }

  /** `sumsBytes`: what the caller adds up of the products; `texts`: how many are read in one pass at most. */
  static async open(
    model: LoadedModel,
    memory: MemoryOfCall,
    sumsBytes: number,
    texts: number,
    { wanted, onShared }: ProductsLooked = { wanted: () => true },
  ): Promise<ProductTap> {
    const { binding } = model.native
    const seen = new Set<string>()
    const isProduct = (name: string, address: bigint): boolean => {
      if (binding.ggml_op_desc(address) !== 'MUL_MAT') return false
      const [weight, input] = sourcesOf(address)
      if (weight === 0n || input === 0n || !isFloat(input)) return false
      const matrix = nameOf(weight)
      if (!matrix.endsWith('.weight')) return false
      if (name === last) return true
      if (!wanted(matrix)) return false
      const source = onShared && nameOf(input)
      if (!onShared || !source) return true
      if (seen.has(source)) {
        onShared(matrix, source)
        return false
      }
      seen.add(source)
      return true
    }
    const tap = await ActivationTap.open(model, memory, { everyLogit: true, sumsBytes }, isProduct, texts)
    return new ProductTap(tap, seen)
  }

  /** One forward pass over texts of at most 512 tokens in all, whose rows follow each other. */
  async read(texts: readonly (readonly number[])[], onProduct: (product: MatrixProduct) => void): Promise<void> {
    this.#seen.clear()
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
      isLast: name === last,
    }
  }
}

/** The first two tensors that a tensor is computed from; 0 where there is none. */
export const sourcesOf = (address: bigint): [weight: bigint, input: bigint] => [
  BigInt(koffi.decode.uint64(address + sourceOffset)),
  BigInt(koffi.decode.uint64(address + sourceOffset + 8n)),
]
