import {
  assemble,
  type Code,
  type FunctionSource,
  f32Add,
  f32Store,
  get,
  i32,
  i32Add,
  i32LtU,
  repeatWhile,
  set,
  tee,
  v128,
} from '../../../shared/wasm/assembler'
import { engine } from '../../../shared/wasm/engine'
import { timesVector } from './matrix'

/** Rows of equal length, and their inner products with a vector, all at once: WebAssembly vectors on memory of its own, plain loops where there are none. */
export class VectorTable {
  readonly width: number
  readonly rows: number
  /** floats from one row to the next; what lies between is zero */
  readonly #stride: number
  readonly #all: Float32Array
  readonly #vector: Float32Array
  readonly #products: Float32Array
  readonly #times: ((row: number, end: number, vector: number, vectorEnd: number, out: number) => void) | undefined

  constructor(rows: number, width: number) {
    this.rows = rows
    this.width = width
    this.#stride = 4 * Math.ceil(width / 4)
    const floats = [rows * this.#stride, this.#stride, rows] as const
    const total = floats[0] + floats[1] + floats[2]
    const made = inMemory(4 * total)
    this.#times = made?.times
    const buffer = made?.buffer ?? new ArrayBuffer(4 * total)
    this.#all = new Float32Array(buffer, 0, floats[0])
    this.#vector = new Float32Array(buffer, 4 * floats[0], floats[1])
    this.#products = new Float32Array(buffer, 4 * (floats[0] + floats[1]), rows)
  }

  static from(table: Float32Array, width: number): VectorTable {
    const made = new VectorTable(table.length / width, width)
    for (let i = 0; i < made.rows; i++) made.row(i).set(table.subarray(i * width, (i + 1) * width))
    return made
  }

  /** The rows without what lies between them. → [rows × width] */
  toTable(): Float32Array {
    const table = new Float32Array(this.rows * this.width)
    for (let i = 0; i < this.rows; i++) table.set(this.row(i), i * this.width)
    return table
  }

  /** A view of a row, to be written or read. */
  row(i: number): Float32Array {
    return this.#all.subarray(i * this.#stride, i * this.#stride + this.width)
  }

  /** vector [width] → its inner product with each row [rows]; overwritten by the next call */
  times(vector: Float32Array): Float32Array {
    this.#vector.set(vector)
    if (this.#times === undefined) timesVector(this.#all, this.#vector, this.#products)
    else {
      const { byteOffset: at, byteLength } = this.#vector
      this.#times(0, this.#all.byteLength, at, at + byteLength, this.#products.byteOffset)
    }
    return this.#products
  }
}

/** aᵀ·b of two tables with equally many rows, summed in float32. a [n × p], b [n × q] → [p × q] */
export function crossProduct(a: Float32Array, p: number, b: Float32Array, q: number): Float64Array {
  const columns = VectorTable.from(columnsOf(b, q), b.length / q)
  const left = columnsOf(a, p)
  const out = new Float64Array(p * q)
  const rows = a.length / p
  for (let i = 0; i < p; i++) out.set(columns.times(left.subarray(i * rows, (i + 1) * rows)), i * q)
  return out
}

/** [n × width] → [width × n] */
function columnsOf(table: Float32Array, width: number): Float32Array {
  const rows = table.length / width
  const out = new Float32Array(table.length)
  for (let i = 0; i < rows; i++) for (let j = 0; j < width; j++) out[j * rows + i] = table[i * width + j] as number
  return out
}

const [row, end, vector, vectorEnd, out, at, sum] = [0, 1, 2, 3, 4, 5, 6]
const add = (local: number, bytes: number): Code => [get(local), i32(bytes), i32Add, set(local)]

/** For each row up to `end`: *out++ = Σ row·vector */
const source: FunctionSource = {
  name: 'times',
  params: ['i32', 'i32', 'i32', 'i32', 'i32'],
  locals: ['i32', 'v128'],
  body: [
    repeatWhile([
      [get(vector), set(at), v128.f32(0), set(sum)],
      repeatWhile([
        [get(sum), get(row), v128.load, get(at), v128.load, v128.mul, v128.add, set(sum)],
        [add(row, 16), get(at), i32(16), i32Add, tee(at), get(vectorEnd), i32LtU],
      ]),
      [get(out), [0, 1, 2, 3].map((lane) => [get(sum), v128.f32Lane(lane), lane === 0 ? [] : f32Add]), f32Store(0)],
      [add(out, 4), get(row), get(end), i32LtU],
    ]),
  ],
}

type Times = (row: number, end: number, vector: number, vectorEnd: number, out: number) => void

/** undefined where the engine has no vectors, or not so much memory. */
function inMemory(bytes: number): { readonly buffer: ArrayBuffer; readonly times: Times } | undefined {
  try {
    const pages = Math.max(1, Math.ceil(bytes / 65_536))
    const memory = new engine.Memory({ initial: pages, maximum: pages })
    const instance = new engine.Instance(new engine.Module(assemble([source])), { env: { memory } })
    return { buffer: memory.buffer, times: (instance.exports as { readonly times: Times }).times }
  } catch {
    return undefined
  }
}
