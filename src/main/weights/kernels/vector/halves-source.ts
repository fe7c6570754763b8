import {
  type Code,
  type FunctionSource,
  f32Demote,
  get,
  i32,
  i32Add,
  i32LtU,
  repeatWhile,
  set,
  type ValueType,
  v128,
} from '../../../../shared/wasm/assembler'

/**
 * Sums of BF16 entries that never leave the registers: eight entries of each input are widened, summed and rounded to BF16 again, with the very bits that
 * decoding, `combineLinear` (over differences from a base: `subtract` before and `add` after it) and encoding give one after the other. The entries at even
 * places and those at odd places stand in a vector each: widening is a shift, or a mask, then.
 */

const list = <T>(count: number, of: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => of(index))
const parts = [0, 1] as const
type Part = (typeof parts)[number]

/** eight BF16 → the four float32 at even (0) or odd (1) places */
const widened = (pointer: number, part: Part): Code => [
  [get(pointer), v128.load],
  part === 0 ? [i32(16), v128.i32Shl] : [v128.i32(-65_536), v128.and],
]

/** float32 bits + half a step of BF16 less one + the last bit that stays: to nearest, ties to even, once the lower half is cut */
const raised = (value: number): Code => [
  [get(value), get(value), i32(16), v128.i32ShrU, v128.i32(1), v128.and, v128.i32Add],
  [v128.i32(0x7fff), v128.i32Add],
]

interface Sum {
  readonly name: string
  readonly models: number
  /** differences from a base are summed, and the base is added */
  readonly hasBase: boolean
  /** the sum in float32: as exact where the products are, of two at the most */
  readonly narrow: boolean
}

/**
 * (end of the first input, out, [base,] inputs…, weights as float64…) → 1 if a sum was no number: only whole eights
 */
function sumOfHalves({ name, models, hasBase, narrow }: Sum): FunctionSource {
  const firstInput = hasBase ? 3 : 2
  const input = (model: number): number => firstInput + model
  const weight = (model: number): number => firstInput + models + model
  const first = firstInput + 2 * models
  const [unfit, base] = [first, first + 1]
  const result = (part: Part): number => first + 2 + part
  const value = (model: number): number => first + 4 + model
  const narrowWeight = (model: number): number => first + 4 + models + model

  const wideHalf = (half: 0 | 1): Code => [
    // the plain loop of many models starts from zero, which tells −0 from 0
    models > 3 ? v128.f64(0) : [],
    list(models, (model) => [
      [
        get(value(model)),
        half === 0 ? [] : [get(value(model)), v128.high],
        v128.promoteLow,
        get(weight(model)),
        v128.splatF64,
        v128.mulF64,
      ],
      model > 0 || models > 3 ? v128.addF64 : [],
    ]),
    v128.demote,
  ]
  const sum: Code = narrow
    ? list(models, (model) => [get(value(model)), get(narrowWeight(model)), v128.mul, model > 0 ? v128.add : []])
    : [wideHalf(0), wideHalf(1), v128.joinLow]
  const ofPart = (part: Part): Code => [
    hasBase ? [widened(2, part), set(base)] : [],
    list(models, (model) => [widened(input(model), part), hasBase ? [get(base), v128.sub] : [], set(value(model))]),
    [sum, hasBase ? [get(base), v128.add] : [], set(result(part))],
    [get(unfit), get(result(part)), v128.i32(0x7f800000), v128.and, v128.i32(0x7f800000), v128.i32Equal, v128.or, set(unfit)],
  ]
  const forward = (pointer: number): Code => [get(pointer), i32(16), i32Add, set(pointer)]
  return {
    name,
    params: ['i32', 'i32', ...list<ValueType>(models + (hasBase ? 1 : 0), () => 'i32'), ...list<ValueType>(models, () => 'f64')],
    result: 'i32',
    locals: list<ValueType>(4 + 2 * models, () => 'v128'),
    body: [
      narrow ? list(models, (model) => [get(weight(model)), f32Demote, v128.splatF32, set(narrowWeight(model))]) : [],
      repeatWhile([
        parts.map(ofPart),
        [get(1), raised(result(0)), i32(16), v128.i32ShrU, raised(result(1)), v128.i32(-65_536), v128.and, v128.or, v128.store],
        [forward(1), hasBase ? forward(2) : [], list(models - 1, (model) => forward(input(model + 1)))],
        [forward(input(0)), get(input(0)), get(0), i32LtU],
      ]),
      [get(unfit), v128.anyTrue],
    ],
  }
}

/** (a, end, b, out): out = a − b in float32, in the order of the words; only whole eights */
export const changeOfHalves: FunctionSource = {
  name: 'changeOfHalves',
  params: ['i32', 'i32', 'i32', 'i32'],
  locals: [],
  body: repeatWhile([
    [v128.lowU16, v128.highU16].map((four, index) => [
      [get(3), i32(16 * index), i32Add],
      [0, 2].map((pointer) => [get(pointer), v128.load, four, i32(16), v128.i32Shl]),
      [v128.sub, v128.store],
    ]),
    [get(3), i32(32), i32Add, set(3), get(2), i32(16), i32Add, set(2)],
    [get(0), i32(16), i32Add, set(0), get(0), get(1), i32LtU],
  ]),
}

/** Loops whose number of models is part of their name. */
export const halvesSources: Readonly<Record<string, (models: number) => FunctionSource>> = {
  sumHalves: (models) => sumOfHalves({ name: 'sumHalves', models, hasBase: false, narrow: false }),
  sumHalvesNarrow: (models) => sumOfHalves({ name: 'sumHalvesNarrow', models, hasBase: false, narrow: true }),
  sumHalfChanges: (models) => sumOfHalves({ name: 'sumHalfChanges', models, hasBase: true, narrow: false }),
}
