import koffi from 'koffi'
import type { NativeBatch } from './native-types'

/**
 * The arrays behind a llama_batch, made once for each context. They have buffers of their own, which never move, so their addresses are taken once.
 */
export class Batch {
  readonly native: NativeBatch
  /** the rows that were asked for: index in the batch and where its logits go */
  readonly rowIndices: number[] = []
  readonly rowTargets: Float32Array[] = []
  readonly #tokens: Int32Array
  readonly #positions: Int32Array
  readonly #sequences: Int32Array
  readonly #wanted: Int8Array
  /** kept so that their memory lives as long as the batch */
  readonly #counts: Int32Array
  readonly #pointers: BigUint64Array

  /** most: sequences that one token may belong to */
  constructor(
    readonly capacity: number,
    readonly most = 1,
  ) {
    this.#tokens = new Int32Array(new ArrayBuffer(4 * capacity))
    this.#positions = new Int32Array(new ArrayBuffer(4 * capacity))
    this.#sequences = new Int32Array(new ArrayBuffer(4 * capacity * most))
    this.#wanted = new Int8Array(new ArrayBuffer(Math.max(capacity, 128)))
    this.#counts = new Int32Array(new ArrayBuffer(4 * capacity)).fill(1)
    const firstSequence = koffi.address(this.#sequences)
    this.#pointers = new BigUint64Array(new ArrayBuffer(8 * capacity))
    for (let i = 0; i < capacity; i++) this.#pointers[i] = firstSequence + BigInt(4 * most * i)
    this.native = {
      n_tokens: 0,
      token: koffi.address(this.#tokens),
      embd: null,
      pos: koffi.address(this.#positions),
      n_seq_id: koffi.address(this.#counts),
      seq_id: koffi.address(this.#pointers),
      logits: koffi.address(this.#wanted),
    }
  }

  get length(): number {
    return this.native.n_tokens
  }

  get isFull(): boolean {
    return this.native.n_tokens === this.capacity
  }

  clear(): void {
    this.native.n_tokens = 0
    this.rowIndices.length = 0
    this.rowTargets.length = 0
  }

  /** Adds the last token once more, one position on; tells where. */
  repeatLast(): { readonly sequence: number; readonly position: number } {
    const i = this.native.n_tokens - 1
    const [sequence, position] = [this.#sequences[this.most * i] as number, (this.#positions[i] as number) + 1]
    this.add(this.#tokens[i] as number, position, sequence, undefined)
    return { sequence, position }
  }

  /** Computes a second output where only one is wanted, if there are two tokens. */
  pairLoneOutput(): void {
    const [wanted] = this.rowIndices
    if (this.rowIndices.length === 1 && this.length > 1) this.#wanted[wanted === 0 ? 1 : 0] = 1
  }

  /** The last token belongs to these sequences too. */
  share(sequences: readonly number[]): void {
    const i = this.native.n_tokens - 1
    sequences.forEach((sequence, j) => {
      this.#sequences[this.most * i + 1 + j] = sequence
    })
    this.#counts[i] = 1 + sequences.length
  }

  /** `wanted`: compute an output (logits, or an embedding) for this token; `row`: copy its logits there. */
  add(token: number, position: number, sequence: number, row: Float32Array | undefined, wanted = row !== undefined): void {
    const i = this.native.n_tokens++
    this.#tokens[i] = token
    this.#positions[i] = position
    this.#sequences[this.most * i] = sequence
    this.#counts[i] = 1
    this.#wanted[i] = wanted ? 1 : 0
    if (!row) return
    this.rowIndices.push(i)
    this.rowTargets.push(row)
  }
}
