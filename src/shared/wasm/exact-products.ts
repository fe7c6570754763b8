import { assemble, type Code, type FunctionSource, get, i32, i32Add, i32LtU, i32Mul, repeatWhile, set, v128 } from './assembler'
import { engine } from './engine'
import { type Lying, type Part, pack, rounded } from './packing'

/** Rows, depth and columns of a product, and whether it is taken away in place of added. */
export interface ExactAsked {
  readonly rows: number
  readonly depth: number
  readonly columns: number
  readonly minus?: boolean
  /** only what has i ≤ j is told; some of the rest is left as it is */
  readonly upper?: boolean
}

/**
 * into(i, j) ± a(i, 0)·b(0, j) ± a(i, 1)·b(1, j) …, in this order, each product and each sum rounded to float64: the bits of the plain loop on every processor, in
 * vectors of two where the engine has them. `into` overlaps neither of the others.
 */
export function addExactProduct(a: Lying, b: Lying, into: Lying<Float64Array>, asked: ExactAsked): void {
  const tools = machine()
  if (tools) addInBlocks(tools, a, b, into, asked)
  else addPlainProduct(a, b, into, asked)
}

export function addPlainProduct(
  a: Lying,
  b: Lying,
  into: Lying<Float64Array>,
  { rows, depth, columns, minus = false, upper = false }: ExactAsked,
): void {
  const { values } = into
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < depth; k++) {
      const factor = (minus ? -1 : 1) * (a.values[(a.at ?? 0) + i * a.row + k * a.column] as number)
      let from = (b.at ?? 0) + k * b.row
      let to = (into.at ?? 0) + i * into.row
      const first = upper ? i : 0
      from += first * b.column
      to += first * into.column
      for (let j = first; j < columns; j++, from += b.column, to += into.column)
        values[to] = (values[to] as number) + factor * (b.values[from] as number)
    }
}

/** Sides of the blocks that are copied next to the loop: rows, depth and columns of one block of the product. */
const [most, deep, wide] = [128, 256, 256]
/** behind each row, so that rows do not fall on the same lines of the processor's cache */
const gap = 8
const [tall, broad] = [4, 4]
const doubleBytes = 8
const place = { a: 0, b: most * (deep + gap), c: most * (deep + gap) + deep * (wide + gap) }
const doubles = place.c + most * (wide + gap)

function addInBlocks(
  { add, subtract, memory }: Machine,
  a: Lying,
  b: Lying,
  into: Lying<Float64Array>,
  { rows, depth, columns, minus = false, upper = false }: ExactAsked,
): void {
  const multiply = minus ? subtract : add
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
        const left = { from: place.a, stride: deep + gap, rows: lines, columns: length }
        pack(memory, left, a, { row: i, column: k, rows: height, columns: length })
        const part = { row: i, column: j, rows: height, columns: width }
        pack(memory, { from: place.c, stride: wide + gap, rows: lines, columns: padded }, into, part)
        multiply(lines, padded, length * doubleBytes)
        unpack(memory, into, part)
      }
    }
  }
}

/** Puts a block of the sum back in its place. */
function unpack(memory: Float64Array, { values, row, column, at = 0 }: Lying<Float64Array>, part: Part): void {
  for (let r = 0; r < part.rows; r++) {
    const start = place.c + r * (wide + gap)
    const target = at + (part.row + r) * row + part.column * column
    if (column === 1) values.set(memory.subarray(start, start + part.columns), target)
    else for (let c = 0; c < part.columns; c++) values[target + c * column] = memory[start + c] as number
  }
}

/** (rows, columns, bytes of one row of depth): the block at `place.c` ± the product of those at `place.a` and `place.b` */
type Multiply = (rows: number, columns: number, depthBytes: number) => void

interface Machine {
  readonly add: Multiply
  readonly subtract: Multiply
  readonly memory: Float64Array
}

let made: { readonly machine: Machine | undefined } | undefined
function machine(): Machine | undefined {
  made ??= { machine: create() }
  return made.machine
}

/** Undefined where the engine has no vector instructions or no address space left. */
function create(): Machine | undefined {
  try {
    const pages = Math.ceil((doubles * doubleBytes) / 65_536)
    const memory = new engine.Memory({ initial: pages, maximum: pages })
    const module = new engine.Module(assemble([source('add', v128.addF64), source('subtract', v128.subF64)]))
    const { add, subtract } = new engine.Instance(module, { env: { memory } }).exports as Pick<Machine, 'add' | 'subtract'>
    return { add, subtract, memory: new Float64Array(memory.buffer) }
  } catch {
    return undefined
  }
}

const bytes = (count: number): number => count * doubleBytes
const [aStride, bStride, cStride] = [bytes(deep + gap), bytes(wide + gap), bytes(wide + gap)]

/** Four rows and four columns at a time, whose sums stay in eight registers. */
function source(name: string, join: Code): FunctionSource {
  const [rows, columns, depth] = [0, 1, 2]
  const [j, left, right, end, i, k, out] = [3, 4, 5, 6, 7, 8, 9]
  const [low, high, factor] = [10, 11, 12]
  const sum = (line: number, half: number): number => 13 + 2 * line + half
  const lines = [0, 1, 2, 3]
  const placeOf = (line: number, half: number): Code => [get(out), i32(line * cStride + 16 * half), i32Add]
  return {
    name,
    params: ['i32', 'i32', 'i32'],
    locals: [...Array<'i32'>(7).fill('i32'), ...Array<'v128'>(11).fill('v128')],
    body: [
      repeatWhile([
        [i32(0), set(i), i32(bytes(place.a)), set(left)],
        [i32(bytes(place.c)), get(j), i32(doubleBytes), i32Mul, i32Add, set(out)],
        repeatWhile([
          [get(left), set(k), get(left), get(depth), i32Add, set(end)],
          [i32(bytes(place.b)), get(j), i32(doubleBytes), i32Mul, i32Add, set(right)],
          lines.map((line) => [0, 1].map((half) => [placeOf(line, half), v128.load, set(sum(line, half))])),
          repeatWhile([
            [get(right), v128.load, set(low), get(right), i32(16), i32Add, v128.load, set(high)],
            lines.map((line) => [
              [get(k), i32(line * aStride), i32Add, v128.loadSplatF64, set(factor)],
              [low, high].map((half, index) => [[get(sum(line, index)), get(factor), get(half), v128.mulF64, join, set(sum(line, index))]]),
            ]),
            [get(right), i32(bStride), i32Add, set(right)],
            [get(k), i32(doubleBytes), i32Add, set(k), get(k), get(end), i32LtU],
          ]),
          lines.map((line) => [0, 1].map((half) => [placeOf(line, half), get(sum(line, half)), v128.store])),
          [get(out), i32(tall * cStride), i32Add, set(out)],
          [get(left), i32(tall * aStride), i32Add, set(left)],
          [get(i), i32(tall), i32Add, set(i), get(i), get(rows), i32LtU],
        ]),
        [get(j), i32(broad), i32Add, set(j), get(j), get(columns), i32LtU],
      ]),
    ],
  }
}
