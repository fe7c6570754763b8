import koffi from 'koffi'
import type { Binding } from './binding'
import type { Pointer } from './native-types'
import { tensor } from './structs'

/**
 * Stops a running llama_decode without calling JavaScript from its threads. llama.cpp asks `bool callback(void *data)` before each operation;
 * `ggml_is_empty` has just this shape: it answers true when a dimension of the tensor at `data` is 0. So the callback is that function, the data
 * a tensor of our own with dimensions of 1, and raising the flag writes a 0 into it.
 */
export class AbortFlag {
  readonly callback: Pointer
  readonly data: Pointer
  readonly #words: BigInt64Array
  readonly #firstDimension = koffi.offsetof(tensor, 'ne') / 8

  constructor(binding: Pick<Binding, 'isEmptyFunction'>) {
    this.#words = new BigInt64Array(new ArrayBuffer(koffi.sizeof(tensor)))
    this.callback = binding.isEmptyFunction
    this.data = koffi.address(this.#words)
    this.#words.fill(1n, this.#firstDimension, this.#firstDimension + 4)
  }

  raise(): void {
    this.#words[this.#firstDimension] = 0n
  }

  lower(): void {
    this.#words[this.#firstDimension] = 1n
  }
}
