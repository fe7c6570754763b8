import type { Json } from '../../../../shared/json'
import type { Asked } from '../fixture'
import type { Vector } from './vectors'

type Values = { readonly [param: string]: number }

/** A formula as its method shows it, and what it says, written out once more. */
export interface Row {
  readonly name: string
  readonly formula: string
  readonly params?: { readonly [name: string]: Json }
  readonly each?: readonly Values[]
  readonly statistics?: Asked['statistics']
  readonly models?: number
  readonly baseStatistics?: Asked['baseStatistics']
  /** of the option that is chosen, as a line of its own */
  readonly options?: { readonly [param: string]: readonly [value: string, formula: string] }
  /** false: no base is wired */
  readonly base?: false
  readonly of: (theta: readonly Vector[], b: Vector) => Vector
}

export const w = [0.6, 0.3, 0.5]
export const weights = w.map((weight) => ({ weight }))
export const seed = 11
