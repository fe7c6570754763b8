import {
  type Code,
  type FunctionSource,
  f32Load,
  f32Store,
  f64,
  f64Add,
  f64Load,
  f64Store,
  get,
  i32,
  i32Add,
  i32LtS,
  i32LtU,
  repeatWhile,
  set,
  tee,
  v128,
  when,
} from '../../../../shared/wasm/assembler'

/** Loops over the bits of magnitudes: parameters 0 and 1 are the first and past-the-end address of float32 entries, whole fours. */
const [at, end] = [0, 1]
const lanes = [0, 1, 2, 3] as const
const step: Code = [get(at), i32(16), i32Add, set(at), get(at), get(end), i32LtU]
const magnitudes: Code = [get(at), v128.load, v128.i32(0x7fffffff), v128.and]
/** *address++ for the float64 whose address is on the stack; `local` is scratch */
const increment = (local: number): Code => [tee(local), get(local), f64Load, f64(1), f64Add, f64Store]

/** (at, end, bits) → entries whose magnitude compares so with the bits */
const counter = (name: string, compare: Code): FunctionSource => ({
  name,
  params: ['i32', 'i32', 'i32'],
  result: 'i32',
  locals: ['v128'],
  body: [
    repeatWhile([[get(3), magnitudes, get(2), v128.splatI32, compare, v128.i32Sub, set(3)], step]),
    [get(3), v128.i32Lane(0), get(3), v128.i32Lane(1), i32Add, get(3), v128.i32Lane(2), i32Add, get(3), v128.i32Lane(3), i32Add],
  ],
})

export const orderSources: readonly FunctionSource[] = [
  {
    name: 'anyAtLeast', // (at, end, bits) → 1 if a magnitude has at least these bits
    params: ['i32', 'i32', 'i32'],
    result: 'i32',
    locals: ['v128'],
    body: [repeatWhile([[get(3), magnitudes, get(2), v128.splatI32, v128.i32AtLeast, v128.or, set(3)], step]), [get(3), v128.anyTrue]],
  },
  {
    name: 'countHigh', // (at, end, table): counts of the upper 16 of 31 bits, float64 each
    params: ['i32', 'i32', 'i32'],
    locals: ['v128', 'i32'],
    body: repeatWhile([
      [magnitudes, i32(15), v128.i32ShrU, i32(3), v128.i32Shl, get(2), v128.splatI32, v128.i32Add, set(3)],
      lanes.map((lane) => [get(3), v128.i32Lane(lane), increment(4)]),
      step,
    ]),
  },
  {
    name: 'countLow', // (at, end, high, table): counts of the lower 15 bits where the upper ones are `high`
    params: ['i32', 'i32', 'i32', 'i32'],
    locals: ['v128', 'v128', 'i32'],
    body: repeatWhile([
      [magnitudes, tee(4), i32(15), v128.i32ShrU, get(2), v128.splatI32, v128.i32Equal, tee(5), v128.anyTrue],
      when([
        [get(4), v128.i32(0x7fff), v128.and, i32(3), v128.i32Shl, get(3), v128.splatI32, v128.i32Add, set(4)],
        lanes.map((lane) => [get(5), v128.i32Lane(lane), when([get(4), v128.i32Lane(lane), increment(6)])]),
      ]),
      step,
    ]),
  },
  counter('countEqual', v128.i32Equal), // (at, end, bits) → entries of exactly this magnitude
  counter('countAbove', v128.i32More), // (at, end, bits) → entries of a larger one
  {
    name: 'keepAbove', // (at, end, bits, above, out) → equal entries seen: what lies above the bits stays, and of the equal ones the first `above`
    params: ['i32', 'i32', 'i32', 'i32', 'i32'],
    result: 'i32',
    locals: ['v128', 'i32'],
    body: [
      repeatWhile([
        [get(4), get(at), v128.load, magnitudes, tee(5), get(2), v128.splatI32, v128.i32More, v128.and, v128.store],
        [get(5), get(2), v128.splatI32, v128.i32Equal, tee(5), v128.anyTrue],
        when(
          lanes.map((lane) => [
            [get(5), v128.i32Lane(lane)],
            when([
              [get(6), get(3), i32LtS, when([get(4), get(at), f32Load(4 * lane), f32Store(4 * lane)])],
              [get(6), i32(1), i32Add, set(6)],
            ]),
          ]),
        ),
        [get(4), i32(16), i32Add, set(4)],
        step,
      ]),
      get(6),
    ],
  },
]
