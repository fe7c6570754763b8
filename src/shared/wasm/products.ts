import {
  assemble,
  type Code,
  type FunctionSource,
  get,
  i32,
  i32Add,
  i32LtS,
  i32LtU,
  i32Mul,
  repeatWhile,
  select,
  set,
  v128,
} from './assembler'
import { engine } from './engine'
import { type Lying as LyingAnywhere, type Part, pack, rounded } from './packing'

export type Lying = LyingAnywhere<Float32Array>

/** Sides of the blocks that are copied next to the loop: rows, depth and columns of one block of the product. */
const [most, deep, wide] = [256, 256, 512]
/** behind each row, so that rows do not fall on the same lines of the processor's cache */
const gap = 16
const [tall, broad] = [4, 8]
const floatBytes = 4

const place = { a: 0, b: most * (deep + gap), c: most * (deep + gap) + deep * (wide + gap) }
const floats = place.c + most * (wide + gap)

/**
 * into(i, j) += Σ_k a(i, k)·b(k, j), with i < `rows`, k < `depth`, j < `columns`. Products are fused and summed in float32, up to 256 at a time, where the
 * processor can (another processor may round the last bit otherwise). `upper`: only what has i ≤ j; the rest stays as it is.
 * The three arrays must not overlap.
 */
export function addProduct(
  a: Lying,
  b: Lying,
  into: Lying,
  {
    rows,
    depth,
    columns,
    upper = false,
  }: { readonly rows: number; readonly depth: number; readonly columns: number; readonly upper?: boolean },
): void {
  const { multiply, memory } = machine()
  for (let j = 0; j < columns; j += wide) {
    const width = Math.min(wide, columns - j)
    const padded = rounded(width, broad)
    for (let k = 0; k < depth; k += deep) {
      const length = Math.min(deep, depth - k)
      const right = { from: place.b, stride: wide + gap, rows: length, columns: padded }
      pack(memory, right, b, { row: k, column: j, rows: length, columns: width })
      for (let i = 0; i < rows; i += most) {
        if (upper && i >= j + width) break
        const height = Math.min(most, rows - i)
        const lines = rounded(height, tall)
        pack(memory, { from: place.a, stride: deep + gap, rows: lines, columns: length }, a, {
          row: i,
          column: k,
          rows: height,
          columns: length,
        })
        const skipped = upper ? Math.max(0, i - j - ((i - j) % broad)) : 0
        // of a column, rows down to its diagonal
        multiply(lines, skipped, padded, length * floatBytes, upper ? j - i + broad : lines)
        collect(memory, into, { row: i, column: j, rows: height, columns: width }, upper ? i - j : -most)
      }
    }
  }
}

/** Σ over rows of x·xᵀ is added to the upper triangle of `gram` [width × width]; `values` [rows × width]. */
export function addGram(values: Float32Array, width: number, gram: Float32Array): void {
  addProduct(
    { values, row: 1, column: width },
    { values, row: width, column: 1 },
    { values: gram, row: width, column: 1 },
    { rows: width, depth: values.length / width, columns: width, upper: true },
  )
}

/** Adds a block of the product to its place, each row from column `diagonal` + row on. */
function collect(memory: Float32Array, { values, row, column, at = 0 }: Lying, part: Part, diagonal: number): void {
  for (let r = 0; r < part.rows; r++) {
    const start = place.c + r * (wide + gap)
    const target = at + (part.row + r) * row + part.column * column
    for (let c = Math.max(0, diagonal + r); c < part.columns; c++) {
      const t = target + c * column
      values[t] = (values[t] as number) + (memory[start + c] as number)
    }
  }
}

interface Machine {
  /** (rows, first and past-the-end column, bytes of one row of depth, rows of column 0 that are told, one more for each further column): the block at `place.c` becomes the product of those at `place.a` and `place.b` */
  readonly multiply: (rows: number, first: number, columns: number, depthBytes: number, lead: number) => void
  readonly memory: Float32Array
}

let made: Machine | undefined
const machine = (): Machine => (made ??= create())

function create(): Machine {
  const pages = Math.ceil((floats * floatBytes) / 65_536)
  const memory = new engine.Memory({ initial: pages, maximum: pages })
  const instance = (terms: Code): Machine['multiply'] =>
    (new engine.Instance(new engine.Module(assemble([source(terms)])), { env: { memory } }).exports as { multiply: Machine['multiply'] })
      .multiply
  const held = new Float32Array(memory.buffer)
  try {
    return { multiply: instance(v128.fused), memory: held }
  } catch {
    // an engine without relaxed vector instructions: product and sum are rounded one after the other
    return { multiply: instance([v128.mul, v128.add]), memory: held }
  }
}

const bytes = (count: number): number => count * floatBytes
const [aStride, bStride, cStride] = [bytes(deep + gap), bytes(wide + gap), bytes(wide + gap)]

/** (rows, first and past-the-end column, depth in bytes, lead): four rows and eight columns at a time, whose 32 sums stay in registers. */
function source(fused: Code): FunctionSource {
  const [rows, j, columns, depth, lead] = [0, 1, 2, 3, 4]
  const [left, right, end, i, k, out, told] = [5, 6, 7, 8, 9, 10, 11]
  const [low, high, factor] = [12, 13, 14]
  const sum = (line: number, half: number): number => 15 + 2 * line + half
  const lines = [0, 1, 2, 3]
  const terms = (line: number): Code => [
    [get(k), i32(line * aStride), i32Add, v128.loadSplat, set(factor)],
    [low, high].map((half, index) => fusedInto(sum(line, index), factor, half, fused)),
  ]
  return {
    name: 'multiply',
    params: ['i32', 'i32', 'i32', 'i32', 'i32'],
    locals: [...Array<'i32'>(7).fill('i32'), ...Array<'v128'>(11).fill('v128')],
    body: [
      repeatWhile([
        [i32(0), set(i), i32(bytes(place.a)), set(left)],
        [get(j), get(lead), i32Add, set(told)],
        [get(told), get(rows), get(told), get(rows), i32LtS, select, set(told)],
        [i32(bytes(place.c)), get(j), i32(floatBytes), i32Mul, i32Add, set(out)],
        repeatWhile([
          [get(left), set(k), get(left), get(depth), i32Add, set(end)],
          [i32(bytes(place.b)), get(j), i32(floatBytes), i32Mul, i32Add, set(right)],
          lines.map((line) => [v128.f32(0), set(sum(line, 0)), v128.f32(0), set(sum(line, 1))]),
          repeatWhile([
            [get(right), v128.load, set(low), get(right), i32(16), i32Add, v128.load, set(high)],
            lines.map(terms),
            [get(right), i32(bStride), i32Add, set(right)],
            [get(k), i32(floatBytes), i32Add, set(k), get(k), get(end), i32LtU],
          ]),
          lines.map((line) => [
            [get(out), i32(line * cStride), i32Add, get(sum(line, 0)), v128.store],
            [get(out), i32(line * cStride + 16), i32Add, get(sum(line, 1)), v128.store],
          ]),
          [get(out), i32(tall * cStride), i32Add, set(out)],
          [get(left), i32(tall * aStride), i32Add, set(left)],
          [get(i), i32(tall), i32Add, set(i), get(i), get(told), i32LtU],
        ]),
        [get(j), i32(broad), i32Add, set(j), get(j), get(columns), i32LtU],
      ]),
    ],
  }
}

/** With `fused` as one instruction or two: factor·vector + sum. */
const fusedInto = (sum: number, factor: number, vector: number, fused: Code): Code => [get(factor), get(vector), get(sum), fused, set(sum)]
