import type { Json } from '../../shared/json'
import type { AnyMethod, Ingredients, Setting, TensorStatistics } from './method'
import { blockCountOf, elementsOf, type Place, placeOf } from './place'
import { addBlocks, isMeasured, knownAt, nothing, sumsBefore } from './run-passes'
import { resolveParams } from './settings'
import type { StatisticsTable } from './statistics/table'

/** A small model held in memory: arrays by tensor name. */
export type SmallModel = ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>

export interface SmallMerge {
  readonly base?: SmallModel
  readonly models: readonly {
    readonly weights: SmallModel
    readonly label?: string
    readonly params?: { readonly [name: string]: Json }
    readonly statistics?: StatisticsTable
  }[]
  readonly baseStatistics?: StatisticsTable
  readonly params?: { readonly [name: string]: Json }
  readonly seed?: number
  /** blocks of the model, for schedules */
  readonly blocks?: number
}

/** Runs a method over models that fit in memory, as the engine would: for tests, for statistics on toys, and as the plainest account of what a method is. */
export function mergeInMemory(method: AnyMethod, merge: SmallMerge): SmallModel {
  const first = merge.models[0]?.weights ?? new Map()
  const tensors = [...first].map(([name, { shape }], index) => new OneTensor(method, merge, { name, shape, index, count: first.size }))
  const steps = tensors[0]?.passes.length ?? 0
  for (let step = 0; step < steps; step++) runPass(tensors, step)
  return new Map(tensors.map((tensor) => [tensor.name, { shape: tensor.shape, data: tensor.combine() }]))
}

function runPass(tensors: readonly OneTensor[], step: number): void {
  const pass = tensors[0]?.passes[step]
  const groupOf = (tensor: OneTensor, index: number): unknown =>
    pass?.scope === 'model' ? 'all' : pass?.scope === 'group' ? pass.group?.(tensor.name) : index
  const groups = new Map<unknown, OneTensor[]>()
  for (const [index, tensor] of tensors.entries()) {
    const key = groupOf(tensor, index)
    groups.set(key, [...(groups.get(key) ?? []), tensor])
  }
  for (const group of groups.values()) {
    const [one] = group
    const own = one?.passes[step]
    if (one === undefined || own === undefined) continue
    if (own.needed?.(one.known) === false) {
      for (const tensor of group) tensor.known.push(nothing)
      continue
    }
    const size = one.sizeOf(step)
    const blocks = group.flatMap((tensor) => tensor.measure(step))
    const elements = group.reduce((sum, tensor) => sum + elementsOf(tensor.shape), 0)
    const sums = own.gives === 'before' ? sumsBefore(size, blocks) : addBlocks(size, blocks)
    const settled = own.settle?.(sums, { ...one.setting, known: one.known, elements }) ?? sums
    let at = 0
    for (const tensor of group) {
      const count = blockCountOf(tensor.shape)
      tensor.known.push(own.gives === 'before' ? settled.subarray(2 * at * size, 2 * (at + count) * size) : settled)
      at += count
    }
  }
}

class OneTensor {
  readonly known: Float64Array[] = []
  readonly setting: Setting
  readonly passes: readonly NonNullable<ReturnType<NonNullable<AnyMethod['passes']>>>[number][]
  readonly name: string
  readonly shape: readonly number[]
  private readonly method: AnyMethod
  private readonly merge: SmallMerge
  private readonly base: Float32Array | undefined
  private readonly values: readonly Float32Array[]

  constructor(
    method: AnyMethod,
    merge: SmallMerge,
    { name, shape, index, count }: { name: string; shape: readonly number[]; index: number; count: number },
  ) {
    this.method = method
    this.merge = merge
    this.name = name
    this.shape = shape
    const at = { tensor: name, blocks: merge.blocks ?? 0 }
    this.setting = {
      params: resolveParams(method.params, merge.params ?? {}, at, method.name),
      perModel: merge.models.map(({ params }) => resolveParams(method.perModel, params ?? {}, at, method.name)),
      labels: merge.models.map(({ label }, model) => label ?? `model ${model}`),
      seed: merge.seed ?? 0,
      hasBase: merge.base !== undefined,
      tensorIndex: index,
      tensorCount: count,
    }
    method.check?.(this.setting)
    this.base = merge.base?.get(name)?.data
    const own = merge.models.map(({ weights }) => weights.get(name)?.data ?? new Float32Array(elementsOf(shape)))
    this.values =
      method.of === 'deltas' && this.base
        ? own.map((data) => data.map((value, i) => value - ((this.base as Float32Array)[i] as number)))
        : own
    this.passes = method.passes?.(this.setting) ?? []
  }

  sizeOf(step: number): number {
    const size = this.passes[step]?.size ?? 0
    return typeof size === 'number' ? size : size(placeOf(this.name, this.shape, 0))
  }

  measure(step: number): Float64Array[] {
    const pass = this.passes[step]
    return this.blocks().map((_, block, { length }) => {
      const into = new Float64Array(this.sizeOf(step))
      if (pass && isMeasured(pass, this.setting.tensorIndex, block, length)) pass.measure(this.input(block), into)
      return into
    })
  }

  combine(): Float32Array {
    const whole = new Float32Array(elementsOf(this.shape))
    for (const [block, place] of this.blocks().entries())
      this.method.combine(this.input(block), whole.subarray(place.start, place.start + place.length))
    const { base } = this
    if (this.method.of === 'deltas' && base) for (let i = 0; i < whole.length; i++) whole[i] = (whole[i] as number) + (base[i] as number)
    return whole
  }

  private statisticsOf(table: StatisticsTable | undefined): TensorStatistics | undefined {
    return table && { get: (quantity, matrix = this.name) => table.get(matrix, quantity) }
  }

  private blocks(): Place[] {
    return Array.from({ length: blockCountOf(this.shape) }, (_, block) => placeOf(this.name, this.shape, block))
  }

  private input(block: number): Ingredients {
    const place = placeOf(this.name, this.shape, block)
    const cut = (data: Float32Array): Float32Array => data.subarray(place.start, place.start + place.length)
    return {
      ...this.setting,
      place,
      base: this.base && cut(this.base),
      values: this.values.map(cut),
      statistics: this.merge.models.map(({ statistics }) => this.statisticsOf(statistics)),
      baseStatistics: this.statisticsOf(this.merge.baseStatistics),
      known: this.known.map((settled, step) => knownAt(this.passes[step] ?? {}, settled, this.sizeOf(step), block)),
    }
  }
}
