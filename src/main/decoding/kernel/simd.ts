import {
  assemble,
  type Code,
  type FunctionSource,
  f32,
  f32Ge,
  f32Load,
  f32Max,
  f64Add,
  f64Store,
  get,
  i32,
  i32Add,
  i32LtU,
  i32ShrU,
  i32Store,
  i32Sub,
  repeatWhile,
  select,
  set,
  tee,
  v128,
  when,
} from '../../../shared/wasm/assembler'
import { engine } from '../../../shared/wasm/engine'
import type { Kernel } from './kernel'
import { plainKernel } from './plain'
import { paddedBytes, RowMemory } from './row-memory'
import { type VectorMath, vectorMath } from './vector-math'

/**
 * The kernel in WebAssembly with 128-bit vectors: four entries at a time, sums in float64. Rows must lie in its memory (`allocate`) and are padded
 * there to whole vectors with −∞; rows elsewhere are left to the plain kernel. Parameters 0 and 1 of each function are the row's first and past-the-end address.
 */
const row = 0
const end = 1
const step: Code = [get(row), i32(16), i32Add, set(row), get(row), get(end), i32LtU]
const loadRow: Code = [get(row), v128.load]

/** f64 accumulator += the four lanes of local `x` */
const addLanes = (x: number, sum: number): Code => [
  [get(sum), get(x), v128.promoteLow, get(x), get(x), v128.high, v128.promoteLow, v128.addF64, v128.addF64, set(sum)],
]
/** local `vector` := the f32 parameter in all lanes; before a loop, not within it */
const spread = (parameter: number, vector: number): Code => [get(parameter), v128.splatF32, set(vector)]
const advance = (address: number): Code => [get(address), i32(16), i32Add, set(address)]
/** parameter 2 times the row's lanes; −∞ stays −∞ whatever the sign of the weight */
const weighted: Code = [
  [v128.f32(-Infinity), loadRow, get(2), v128.splatF32, v128.mul],
  [loadRow, v128.f32(-Infinity), v128.equal, v128.select],
]
/** *out++ = index of the lane; the row's first address is in local 4, `out` in parameter 3 */
const storeIndex = (lane: number): Code => [
  [get(3), get(row), get(4), i32Sub, i32ShrU(2), i32(lane), i32Add, i32Store],
  [get(3), i32(4), i32Add, set(3)],
]
const totalOf = (sum: number): Code => [get(sum), v128.f64Lane(0), get(sum), v128.f64Lane(1), f64Add]

const sourcesWith = ({ exponential, logarithm }: VectorMath): readonly FunctionSource[] => [
  {
    name: 'maximum', // (row, end) → f32; NaN wins
    params: ['i32', 'i32'],
    result: 'f32',
    locals: ['v128', 'v128', 'v128'],
    body: [
      [v128.f32(-Infinity), set(2)],
      repeatWhile([[get(2), loadRow, tee(3), v128.quickMax, set(2)], [get(4), get(3), get(3), v128.notEqual, v128.or, set(4)], step]),
      [f32(NaN)],
      [get(2), v128.f32Lane(0), get(2), v128.f32Lane(1), f32Max, get(2), v128.f32Lane(2), f32Max, get(2), v128.f32Lane(3), f32Max],
      [get(4), v128.anyTrue, select],
    ],
  },
  {
    name: 'sumExp', // (row, end, max, scale) → Σ exp(scale·(x − max)); max is exact in float32
    params: ['i32', 'i32', 'f32', 'f32'],
    result: 'f64',
    locals: ['v128', 'v128', 'v128', 'v128', 'v128', 'v128'],
    body: [
      [spread(2, 8), spread(3, 9)],
      repeatWhile([loadRow, get(8), v128.sub, get(9), v128.mul, set(4), exponential(4, 5, 6), addLanes(4, 7), step]),
      totalOf(7),
    ],
  },
  {
    name: 'moments', // (row, end, max, out): Σ exp(x − max), then Σ x·exp(x − max) at out, x = −∞ left out
    params: ['i32', 'i32', 'f32', 'i32'],
    locals: ['v128', 'v128', 'v128', 'v128', 'v128', 'v128', 'v128'],
    body: [
      spread(2, 9),
      repeatWhile([
        [v128.f32(-1e30), loadRow, v128.quickMax, set(8), get(8), get(9), v128.sub, set(4)],
        [exponential(4, 5, 6), addLanes(4, 7)],
        [get(4), get(8), v128.mul, set(4), addLanes(4, 10)],
        step,
      ]),
      [get(3), totalOf(7), f64Store, get(3), i32(8), i32Add, totalOf(10), f64Store],
    ],
  },
  {
    name: 'exponentials', // (row, end, max, scale, out): out = exp(scale·(x − max)), → Σ out
    params: ['i32', 'i32', 'f32', 'f32', 'i32'],
    result: 'f64',
    locals: ['v128', 'v128', 'v128', 'v128', 'v128', 'v128'],
    body: [
      [spread(2, 9), spread(3, 10)],
      repeatWhile([
        [loadRow, get(9), v128.sub, get(10), v128.mul, set(5)],
        exponential(5, 6, 7),
        [get(4), get(5), v128.store, advance(4)],
        addLanes(5, 8),
        step,
      ]),
      totalOf(8),
    ],
  },
  {
    name: 'collect', // (row, end, threshold, out) → past the last address written: indices of entries ≥ threshold, ascending, as i32 at out
    params: ['i32', 'i32', 'f32', 'i32'],
    result: 'i32',
    locals: ['i32'],
    body: [
      [get(row), set(4)],
      repeatWhile([
        [loadRow, get(2), v128.splatF32, v128.atLeast, v128.anyTrue],
        when([0, 1, 2, 3].map((lane) => [get(row), f32Load(4 * lane), get(2), f32Ge, when(storeIndex(lane))])),
        step,
      ]),
      get(3),
    ],
  },
  {
    name: 'logs', // (row, end) → Σ x; then x = log x
    params: ['i32', 'i32'],
    result: 'f64',
    locals: ['v128', 'v128', 'v128', 'v128'],
    body: [repeatWhile([[loadRow, set(2)], addLanes(2, 5), logarithm(2, 3, 4), [get(row), get(2), v128.store], step]), totalOf(5)],
  },
  {
    name: 'scale', // (row, end, weight, out): out = weight·x, −∞ stays
    params: ['i32', 'i32', 'f32', 'i32'],
    locals: [],
    body: [repeatWhile([[get(3), weighted, v128.store, advance(3)], step])],
  },
  {
    name: 'addScaled', // (row, end, weight, out): out += weight·x, −∞ in either stays
    params: ['i32', 'i32', 'f32', 'i32'],
    locals: [],
    body: [repeatWhile([[get(3), get(3), v128.load, weighted, v128.add, v128.store, advance(3)], step])],
  },
]

interface Loops {
  maximum(row: number, end: number): number
  sumExp(row: number, end: number, max: number, scale: number): number
  collect(row: number, end: number, threshold: number, out: number): number
  moments(row: number, end: number, max: number, out: number): void
  exponentials(row: number, end: number, max: number, scale: number, out: number): number
  logs(row: number, end: number): number
  scale(row: number, end: number, weight: number, out: number): void
  addScaled(row: number, end: number, weight: number, out: number): void
}

/** The kernel with `bytes` of memory for rows, with products and sums in one instruction unless `mayFuse` is false; undefined where the engine has no vector instructions. Memory that is not used costs address space only. */
export function createSimdKernel(bytes: number, mayFuse = true): Kernel | undefined {
  let memory: RowMemory
  let loops: Loops
  try {
    memory = new RowMemory(bytes)
    loops = new engine.Instance(compiled(mayFuse), { env: { memory: memory.memory } }).exports as unknown as Loops
  } catch {
    return undefined // an engine without SIMD, or no address space: the plain kernel serves
  }
  /** what a loop gives that has two results */
  const pair = memory.take(4) as Float32Array<ArrayBuffer>
  const sums = new Float64Array(pair.buffer, pair.byteOffset, 2)
  const isOurs = (...rows: readonly Float32Array[]): boolean => rows.every((item) => item.buffer === memory.memory.buffer)
  const endOf = (item: Float32Array): number => item.byteOffset + paddedBytes(item.length)
  /** zeros behind the last entry, where sums must see nothing */
  const clearPadding = (item: Float32Array): void => memory.pad(item, 0)

  return {
    name: 'simd',
    allocate: (count, size) => Array.from({ length: count }, () => memory.take(size) ?? new Float32Array(size)),
    release(rows) {
      for (const item of rows) if (isOurs(item)) memory.give(item)
    },
    maximum: (item) => (isOurs(item) ? loops.maximum(item.byteOffset, endOf(item)) : plainKernel.maximum(item)),
    logSumExp(item, max, scale = 1) {
      if (!isOurs(item)) return plainKernel.logSumExp(item, max, scale)
      return Number.isFinite(max) ? scale * max + Math.log(loops.sumExp(item.byteOffset, endOf(item), max, scale)) : scale * max
    },
    collect(item, threshold) {
      const found = isOurs(item) ? memory.take(item.length) : undefined
      if (found === undefined) return plainKernel.collect(item, threshold)
      // −∞ would take the padding too
      const last = loops.collect(item.byteOffset, endOf(item), Math.max(threshold, -3e38), found.byteOffset)
      const ids = new Int32Array(found.buffer, found.byteOffset, (last - found.byteOffset) / 4).slice()
      memory.give(found)
      return ids
    },
    accumulate(item, factor, out) {
      if (!isOurs(item, out) || item.length % 4 !== 0) return plainKernel.accumulate(item, factor, out)
      loops.addScaled(item.byteOffset, endOf(item), factor, out.byteOffset)
    },
    moments(item, max) {
      if (!isOurs(item) || max === -Infinity) return plainKernel.moments(item, max)
      loops.moments(item.byteOffset, endOf(item), max, pair.byteOffset)
      return { total: sums[0] as number, weighted: sums[1] as number }
    },
    combine(rows, weights, out) {
      if (!isOurs(...rows, out) || rows.includes(out)) return plainKernel.combine(rows, weights, out)
      const used = rows.map((item, i) => ({ item, weight: weights[i] ?? 0 })).filter(({ weight }) => weight !== 0)
      if (used.length === 0) out.fill(0)
      used.forEach(({ item, weight }, i) => {
        const add = i === 0 ? loops.scale : loops.addScaled
        add(item.byteOffset, endOf(item), weight, out.byteOffset)
      })
    },
    mixture(rows, maxima, weights, out) {
      const scratch = isOurs(...rows, out) && !rows.includes(out) ? memory.take(out.length) : undefined
      if (scratch === undefined) return plainKernel.mixture(rows, maxima, weights, out)
      let isFirst = true
      const totals = rows.map((item, i) => {
        const weight = weights[i] ?? 0
        if (!(weight > 0)) return 0
        const into = isFirst ? out : scratch
        const total = loops.exponentials(item.byteOffset, endOf(item), maxima[i] as number, 1, into.byteOffset)
        const join = isFirst ? loops.scale : loops.addScaled
        join(into.byteOffset, endOf(into), weight / total, out.byteOffset)
        isFirst = false
        return total
      })
      if (isFirst) out.fill(0)
      loops.logs(out.byteOffset, endOf(out))
      memory.pad(out)
      memory.give(scratch)
      return totals
    },
    logarithms(item) {
      if (!isOurs(item)) return plainKernel.logarithms(item)
      clearPadding(item)
      const sum = loops.logs(item.byteOffset, endOf(item))
      memory.pad(item)
      return sum
    },
    exponentials(item, max, scale, out) {
      if (!isOurs(item, out) || item === out) return plainKernel.exponentials(item, max, scale, out)
      const total = loops.exponentials(item.byteOffset, endOf(item), max, scale, out.byteOffset)
      memory.pad(out)
      return total
    },
  }
}

/** With fused instructions where the engine has them. */
function compiled(mayFuse: boolean): ReturnType<typeof moduleWith> {
  try {
    return moduleWith(mayFuse)
  } catch {
    return moduleWith(false)
  }
}

const moduleWith = (fused: boolean) => new engine.Module(assemble(sourcesWith(vectorMath(fused))))
