import {
  type Code,
  type FunctionSource,
  f64Add,
  get,
  i32,
  i32Add,
  i32LtU,
  repeatWhile,
  set,
  type ValueType,
  v128,
} from '../../../../shared/wasm/assembler'

/** Sums and elections over four entries at a time, in float64 and in the order of the plain loops, so that every bit is theirs. */

/** Loops for up to this many models. */
export const mostModels = 8

const forward = (pointer: number): Code => [get(pointer), i32(16), i32Add, set(pointer)]
const until = (pointer: number, end: number): Code => [forward(pointer), get(pointer), get(end), i32LtU]

/** lanes 0 and 1, or 2 and 3, of the floats at a pointer, as float64 */
const wide = (pointer: number, half: 0 | 1): Code => [
  [get(pointer), v128.load],
  half === 0 ? [] : [get(pointer), v128.load, v128.high],
  v128.promoteLow,
]
const times = (weight: number): Code => [get(weight), v128.splatF64, v128.mulF64]
const bothHalves = (of: (half: 0 | 1) => Code): Code => [of(0), v128.demote, of(1), v128.demote, v128.joinLow]

const list = <T>(count: number, of: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => of(index))

/** (end of the first input, out, inputs…, weights…): out = Σ weight·input */
function linear(models: number): FunctionSource {
  const input = (model: number): number => 2 + model
  const term = (model: number, half: 0 | 1): Code => [wide(input(model), half), times(2 + models + model)]
  const half = (part: 0 | 1): Code => [
    // the plain loop of many models starts from zero, which tells −0 from 0
    models > 3 ? v128.f64(0) : [],
    list(models, (model) => [term(model, part), model > 0 || models > 3 ? v128.addF64 : []]),
  ]
  return {
    name: `linear${models}`,
    params: ['i32', 'i32', ...list<ValueType>(models, () => 'i32'), ...list<ValueType>(models, () => 'f64')],
    locals: [],
    body: repeatWhile([
      [get(1), bothHalves(half), v128.store, forward(1)],
      list(models - 1, (model) => forward(input(model + 1))),
      until(input(0), 0),
    ]),
  }
}

/** (end of the first delta, out, −1 or 0: divide or not, deltas…, weights…): the sign with more weight wins, the entries of that sign are added (and divided) */
function elect(models: number): FunctionSource {
  const delta = (model: number): number => 3 + model
  const weight = (model: number): number => 3 + models + model
  const first = 3 + 2 * models
  const [votes, sums, shares] = [first, first + 1, first + 2]
  const entry = (model: number): number => first + 3 + model
  const half = (part: 0 | 1): Code => [
    [v128.f64(0), set(votes), v128.f64(0), set(sums), v128.f64(0), set(shares)],
    list(models, (model) => [
      [wide(delta(model), part), times(weight(model)), set(entry(model))],
      [get(votes), get(entry(model)), v128.addF64, set(votes)],
    ]),
    [get(votes), v128.f64(0), v128.atLeastF64, set(votes)],
    list(models, (model) => [
      [get(entry(model)), v128.f64(0), v128.notEqualF64],
      [get(entry(model)), v128.f64(0), v128.moreF64, get(votes), v128.xor, v128.andNot, set(first + 3 + models)],
      [get(sums), get(entry(model)), get(first + 3 + models), v128.and, v128.addF64, set(sums)],
      [get(shares), get(weight(model)), v128.splatF64, get(first + 3 + models), v128.and, v128.addF64, set(shares)],
    ]),
    [get(sums), get(shares), v128.divF64, get(sums)],
    [get(shares), v128.absF64, v128.f64(1e-8), v128.atLeastF64, get(2), v128.splatI32, v128.and, v128.select],
  ]
  return {
    name: `elect${models}`,
    params: ['i32', 'i32', 'i32', ...list<ValueType>(models, () => 'i32'), ...list<ValueType>(models, () => 'f64')],
    locals: list<ValueType>(4 + models, () => 'v128'),
    body: repeatWhile([
      [get(1), bothHalves(half), v128.store, forward(1)],
      list(models - 1, (model) => forward(delta(model + 1))),
      until(delta(0), 0),
    ]),
  }
}

/** (a, end, b, out): out = a ± b */
const pairwise = (name: string, operation: Code): FunctionSource => ({
  name,
  params: ['i32', 'i32', 'i32', 'i32'],
  locals: [],
  body: repeatWhile([
    [get(3), get(0), v128.load, get(2), v128.load, operation, v128.store],
    [forward(2), forward(3), until(0, 1)],
  ]),
})

/**
 * (end of the first delta, out, −1 or 0: divide or not, deltas…): as `elect` where all weights are one. Sides are told in float32, whose lanes are
 * twice as many; two deltas are added there too, which is as exact as float64 and then float32.
 */
function electEqual(models: number): FunctionSource {
  const delta = (model: number): number => 3 + model
  const first = 3 + models
  const [up, count, sum, side] = [first, first + 1, first + 2, first + 3]
  const kept = (model: number): number => first + 4 + model
  const widened = (value: number, half: 0 | 1): Code => [get(value), half === 0 ? [] : [get(value), v128.high], v128.promoteLow]
  const added = (half: 0 | 1): Code => list(models, (model) => [widened(kept(model), half), model > 0 ? v128.addF64 : []])
  const atLeastZero = (half: 0 | 1): Code => [added(half), v128.f64(0), v128.atLeastF64]
  const divided = (half: 0 | 1): Code => [added(half), widened(count, half), v128.divF64, v128.demote]
  const narrow = models <= 2
  const sumOf: Code = list(models, (model) => [get(kept(model)), model > 0 ? v128.add : []])
  return {
    name: `electEqual${models}`,
    params: ['i32', 'i32', 'i32', ...list<ValueType>(models, () => 'i32')],
    locals: list<ValueType>(4 + models, () => 'v128'),
    body: repeatWhile([
      list(models, (model) => [get(delta(model)), v128.load, set(kept(model))]),
      narrow ? [sumOf, v128.f32(0), v128.atLeast] : [atLeastZero(0), atLeastZero(1), v128.evenLanes],
      [set(up), v128.f32(0), set(count)],
      list(models, (model) => [
        // not zero, and positive where the elected side is
        [get(kept(model)), v128.f32(0), v128.notEqual],
        [v128.f32(0), get(kept(model)), v128.less, get(up), v128.xor, v128.andNot, set(side)],
        [get(kept(model)), get(side), v128.and, set(kept(model))],
        [get(count), get(side), v128.f32(1), v128.and, v128.add, set(count)],
      ]),
      [get(count), get(2), v128.splatI32, v128.and, v128.f32(1), v128.max, set(count)],
      narrow ? [sumOf, get(count), v128.div, set(sum)] : [divided(0), divided(1), v128.joinLow, set(sum)],
      [get(1), get(sum), v128.store, forward(1)],
      list(models - 1, (model) => forward(delta(model + 1))),
      until(delta(0), 0),
    ]),
  }
}

/** (a, end, b) → Σ a·b: eight sums side by side, entry i into sum i mod 8, added in pairs at the end; a multiple of eight entries */
function dot(): FunctionSource {
  const sum = (pair: number): number => 3 + pair
  const part = (pointer: number, pair: number): Code => [get(pointer), pair < 2 ? [] : [i32(16), i32Add], v128.load]
  // the upper lanes take the value twice
  const entries = (pointer: number, pair: number): Code => [
    part(pointer, pair),
    pair % 2 === 0 ? [] : [part(pointer, pair), v128.high],
    v128.promoteLow,
  ]
  const product = (pair: number): Code => [entries(0, pair), entries(2, pair), v128.mulF64]
  const total = 7
  return {
    name: 'dot',
    params: ['i32', 'i32', 'i32'],
    result: 'f64',
    locals: list<ValueType>(5, () => 'v128'),
    body: [
      repeatWhile([
        list(4, (pair) => [get(sum(pair)), product(pair), v128.addF64, set(sum(pair))]),
        [get(0), i32(32), i32Add, set(0), get(2), i32(32), i32Add, set(2), get(0), get(1), i32LtU],
      ]),
      [get(sum(0)), get(sum(1)), v128.addF64, get(sum(2)), get(sum(3)), v128.addF64, v128.addF64, set(total)],
      [get(total), v128.f64Lane(0), get(total), v128.f64Lane(1), f64Add],
    ],
  }
}

export const arithmeticSources: readonly FunctionSource[] = [pairwise('subtract', v128.sub), pairwise('add', v128.add), dot()]

/** Loops whose number of models is part of their name. */
export const manySources: Readonly<Record<string, (models: number) => FunctionSource>> = { linear, elect, electEqual }
