import type { Json } from '../../../shared/json'
import type { Quantity } from '../../../shared/quantity'
import { weightsCatalog } from '../catalog'
import { mergeInMemory, type SmallModel } from '../in-memory'
import type { AnyMethod } from '../method'
import { decodeTable, encodeTable, type StatisticsTable, type TableEntry } from '../statistics/table'

/** The fixture of the worked numbers: a base and three fine-tunings, 2 × 3. */
export const base = [
  [1, -2, 0.5],
  [0, 3, -1],
]
export const one = [
  [1.4, -2.1, 0.5],
  [-0.3, 3.6, -1.2],
]
export const two = [
  [0.75, -1.4, 0.65],
  [0.2, 3.5, -0.9],
]
export const three = [
  [1.2, -2.4, 0.4],
  [-0.15, 2.2, -1.05],
]

export type Matrix = readonly (readonly number[])[]

export const modelOf = (...tensors: readonly Matrix[]): SmallModel =>
  new Map(
    tensors.map((rows, index) => [
      `blk.${index}.ffn_up.weight`,
      { shape: [rows[0]?.length ?? 0, rows.length], data: Float32Array.from(rows.flat()) },
    ]),
  )

export const rowsOf = (model: SmallModel, tensor = 0): number[][] => {
  const { shape, data } = [...model.values()][tensor] ?? { shape: [1], data: new Float32Array() }
  const width = shape[0] ?? 1
  return Array.from({ length: data.length / width }, (_, row) => [...data.subarray(row * width, (row + 1) * width)])
}

export interface Asked {
  readonly base?: Matrix | readonly Matrix[]
  readonly params?: { readonly [name: string]: Json }
  readonly each?: readonly { readonly [name: string]: Json }[]
  readonly labels?: readonly string[]
  readonly seed?: number
  readonly blocks?: number
  /** of each model: arrays by `<matrix>.<quantity>` */
  readonly statistics?: readonly Statistics[]
  readonly baseStatistics?: Statistics
}

export type Statistics = { readonly [matrixAndQuantity: string]: readonly number[] }

/** The first tensor of the fixture. */
export const matrix = 'blk.0.ffn_up.weight'

export function tableOf(statistics: Statistics): StatisticsTable {
  const entries = Object.entries(statistics).map(([key, values]): TableEntry => {
    const cut = key.lastIndexOf('.')
    return { matrix: key.slice(0, cut), quantity: key.slice(cut + 1) as Quantity, shape: [values.length], data: Float32Array.from(values) }
  })
  return decodeTable(encodeTable(entries))
}

const isList = (value: Matrix | readonly Matrix[]): value is readonly Matrix[] => Array.isArray(value[0]?.[0])

type Models = readonly (Matrix | readonly Matrix[])[]

export const merged = (method: string, models: Models, asked?: Asked): SmallModel => run(weightsCatalog().method(method), models, asked)

export const pruned = (pruner: string, delta: Models, asked?: Asked): SmallModel => run(weightsCatalog().pruner(pruner), delta, asked)

function run(found: AnyMethod | undefined, models: Models, asked: Asked = {}): SmallModel {
  if (found === undefined) throw new Error('no such method')
  const tensorsOf = (value: Matrix | readonly Matrix[]): SmallModel => (isList(value) ? modelOf(...value) : modelOf(value))
  return mergeInMemory(found, {
    ...(asked.base === undefined ? {} : { base: tensorsOf(asked.base) }),
    models: models.map((model, index) => ({
      weights: tensorsOf(model),
      label: asked.labels?.[index] ?? `model ${index}`,
      params: asked.each?.[index] ?? {},
      ...(asked.statistics?.[index] ? { statistics: tableOf(asked.statistics[index]) } : {}),
    })),
    ...(asked.baseStatistics ? { baseStatistics: tableOf(asked.baseStatistics) } : {}),
    params: asked.params ?? {},
    seed: asked.seed ?? 0,
    blocks: asked.blocks ?? 0,
  })
}

/** Largest absolute difference. */
export const distance = (actual: Matrix, expected: Matrix): number =>
  Math.max(...expected.flatMap((row, r) => row.map((value, c) => Math.abs(value - (actual[r]?.[c] ?? Number.NaN)))))

export const minus = (a: Matrix, b: Matrix): number[][] => a.map((row, r) => row.map((value, c) => value - (b[r]?.[c] ?? 0)))
