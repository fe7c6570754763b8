/**
 * A WebAssembly module from lists of instructions: just enough for the loops of the kernels (rows of a vocabulary, blocks of a tensor), so that the source of every instruction that runs is in this repository.
 * Encoding: WebAssembly core specification 2.0, chapter 5 (binary format), with the 128-bit vector instructions.
 */
export type Code = readonly (number | Code | VectorConstant)[]

/**
 * Sixteen bytes. A function sets each of its constants once, before anything else, and reads it from a local: the engine puts a constant together anew
 * wherever it stands, which within a loop costs more than the arithmetic.
 */
interface VectorConstant {
  readonly constant: readonly number[]
}

export const types = { i32: 0x7f, f64: 0x7c, f32: 0x7d, v128: 0x7b } as const
export type ValueType = keyof typeof types

export interface FunctionSource {
  readonly name: string
  readonly params: readonly ValueType[]
  readonly result?: ValueType
  readonly locals: readonly ValueType[]
  readonly body: Code
}

/** A module that imports its memory as `env.memory` and exports every function by name. */
export function assemble(functions: readonly FunctionSource[]): Uint8Array<ArrayBuffer> {
  const signatures = functions.map(({ params, result }) => [
    0x60,
    ...vector(params.map((type) => [types[type]])),
    ...vector(result === undefined ? [] : [[types[result]]]),
  ])
  const imported = [...name('env'), ...name('memory'), 0x02, 0x00, ...unsigned(1)]
  const exported = functions.map((source, i) => [...name(source.name), 0x00, ...unsigned(i)])
  const bodies = functions.map(({ params, locals, body }) => {
    const constants = constantsOf(body)
    const first = params.length + locals.length
    const placeOf = ({ constant }: VectorConstant): number => first + [...constants.keys()].indexOf(constant.join())
    const settings = [...constants.values()].map((item) => [simd(0x0c, item.constant), set(placeOf(item))])
    const all: readonly ValueType[] = [...locals, ...settings.map(() => 'v128' as const)]
    const code = [...vector(all.map((type) => [0x01, types[type]])), ...flatten([settings, body], (item) => get(placeOf(item))), 0x0b]
    return [...unsigned(code.length), ...code]
  })
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(signatures)),
    ...section(2, vector([imported])),
    ...section(3, vector(functions.map((_, i) => unsigned(i)))),
    ...section(7, vector(exported)),
    ...section(10, vector(bodies)),
  ])
}

const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length), ...content]
const vector = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()]
const name = (text: string): number[] => vector([...new TextEncoder().encode(text)].map((byte) => [byte]))

/** Instructions as bytes, `read` in the place of each constant. */
function flatten(code: Code, read: (item: VectorConstant) => Code): number[] {
  return code.flatMap((part) => (typeof part === 'number' ? [part] : flatten('constant' in part ? read(part) : part, read)))
}

/** The different constants of a function by their bytes. */
function constantsOf(code: Code): Map<string, VectorConstant> {
  const found = new Map<string, VectorConstant>()
  for (const part of code) {
    if (typeof part === 'number') continue
    const inside = 'constant' in part ? [[part.constant.join(), part] as const] : constantsOf(part)
    for (const [key, item] of inside) found.set(key, item)
  }
  return found
}

function unsigned(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest]
    bytes.push((rest & 0x7f) | 0x80)
  }
}

function signed(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7) {
    const low = rest & 0x7f
    if ((rest >> 7 === 0 && (low & 0x40) === 0) || (rest >> 7 === -1 && (low & 0x40) !== 0)) return [...bytes, low]
    bytes.push(low | 0x80)
  }
}

const bytesOf = (array: Float32Array | Float64Array | Int32Array): number[] => [...new Uint8Array(array.buffer)]

export const get = (local: number): Code => [0x20, unsigned(local)]
export const set = (local: number): Code => [0x21, unsigned(local)]
export const tee = (local: number): Code => [0x22, unsigned(local)]
export const i32 = (value: number): Code => [0x41, signed(value)]
export const f32 = (value: number): Code => [0x43, bytesOf(Float32Array.of(value))]
export const i32Add: Code = [0x6a]
export const i32Mul: Code = [0x6c]
export const i32LtU: Code = [0x49]
export const f32Add: Code = [0x92]
export const f32Max: Code = [0x97]
export const f32Load = (offset: number): Code => [0x2a, 0x02, unsigned(offset)]
export const f32Ge: Code = [0x60]
export const i32Store: Code = [0x36, 0x02, 0x00]
export const i32Sub: Code = [0x6b]
export const i32ShrU = (bits: number): Code => [i32(bits), 0x76]
/** first where the third is not 0, else second */
export const select: Code = [0x1b]
export const f64Add: Code = [0xa0]
export const f64 = (value: number): Code => [0x44, bytesOf(Float64Array.of(value))]
export const f32Demote: Code = [0xb6]
export const f64Load: Code = [0x2b, 0x03, 0x00]
export const f64Store: Code = [0x39, 0x03, 0x00]
export const f32Store = (offset: number): Code => [0x38, 0x02, unsigned(offset)]
export const i32LtS: Code = [0x48]

/** Repeats `body` while its last value is not 0; `body` runs at least once. */
export const repeatWhile = (body: Code): Code => [0x03, 0x40, body, 0x0d, 0x00, 0x0b]

/** Runs `body` if the value on the stack is not 0. */
export const when = (body: Code): Code => [0x04, 0x40, body, 0x0b]

const simd = (opcode: number, ...immediates: Code): Code => [0xfd, unsigned(opcode), immediates]
const aligned: Code = [0x04, 0x00]

export const v128 = {
  load: simd(0x00, aligned),
  /** one float32, four times */
  loadSplat: simd(0x09, 0x02, 0x00),
  /** one float64, twice */
  loadSplatF64: simd(0x0a, 0x03, 0x00),
  store: simd(0x0b, aligned),
  f32: (value: number): Code => [{ constant: bytesOf(Float32Array.of(value, value, value, value)) }],
  i32: (value: number): Code => [{ constant: bytesOf(Int32Array.of(value, value, value, value)) }],
  /** lanes 2 and 3 of the value on the stack, as lanes 0 and 1; takes the value twice */
  high: simd(0x0d, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15),
  splatF32: simd(0x13),
  f64: (value: number): Code => [{ constant: bytesOf(Float64Array.of(value, value)) }],
  splatI32: simd(0x11),
  splatF64: simd(0x14),
  i32Lane: (lane: number): Code => simd(0x1b, lane),
  /** lanes 0 and 1 of the first, then lanes 0 and 1 of the second */
  joinLow: simd(0x0d, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
  /** lanes 0 and 2 of the first, then lanes 0 and 2 of the second: what two 64-bit lanes of a mask say, four times */
  evenLanes: simd(0x0d, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27),
  f32Lane: (lane: number): Code => simd(0x1f, lane),
  f64Lane: (lane: number): Code => simd(0x21, lane),
  equal: simd(0x41),
  less: simd(0x43),
  atLeast: simd(0x46),
  notEqual: simd(0x42),
  and: simd(0x4e),
  /** first and not second */
  andNot: simd(0x4f),
  or: simd(0x50),
  /** first where the mask's bits are set, else second */
  select: simd(0x52),
  anyTrue: simd(0x53),
  promoteLow: simd(0x5f),
  i32Shl: simd(0xab),
  i32ShrU: simd(0xad),
  i32Add: simd(0xae),
  i32Sub: simd(0xb1),
  i32Equal: simd(0x37),
  i32More: simd(0x3b),
  i32AtLeast: simd(0x3f),
  /** eight 16-bit lanes from four lanes of the first and four of the second, each cut to 0 … 65,535 */
  narrowU16: simd(0x86),
  lowU16: simd(0xa9),
  highU16: simd(0xaa),
  notEqualF64: simd(0x48),
  moreF64: simd(0x4a),
  atLeastF64: simd(0x4c),
  not: simd(0x4d),
  xor: simd(0x51),
  demote: simd(0x5e),
  absF64: simd(0xec),
  mulF64: simd(0xf2),
  divF64: simd(0xf3),
  add: simd(0xe4),
  sub: simd(0xe5),
  mul: simd(0xe6),
  div: simd(0xe7),
  max: simd(0xe9),
  /** second where first < second, else first: one instruction, blind to NaN in the second */
  quickMax: simd(0xeb),
  addF64: simd(0xf0),
  subF64: simd(0xf1),
  fromI32: simd(0xfa),
  /** first·second + third, rounded once where the processor can (relaxed vector instructions: not every engine has them) */
  fused: simd(0x105),
  /** third − first·second, likewise */
  fusedMinus: simd(0x106),
} as const
