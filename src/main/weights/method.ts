import type { ParamSpec, ParamValue } from '../../shared/node-spec'
import type { Quantity } from '../../shared/quantity'
import { combineLinear } from './kernels/linear'
import type { Place } from './place'

/**
 * A merge method is a small pure function of tensors: it knows nothing of files, models, graphs or threads.
 * It sees one block of rows at a time: of each model its values, or its difference from the base, and writes the block of the result.
 * What it must know of a whole tensor (or model) beforehand it states as passes; the engine adds them up over all blocks, in order.
 */
export type ParamTable = { readonly [name: string]: ParamSpec }
export type Values<T extends ParamTable> = { readonly [K in keyof T]: ParamValue<T[K]> }

/** What is settled before any tensor is read; schedules are already resolved for the tensor in hand. */
export interface Setting<P = Values<ParamTable>, M = P> {
  readonly params: P
  /** of each model, in order */
  readonly perModel: readonly M[]
  /** of each model: what keys its random draws, so that their order does not matter */
  readonly labels: readonly string[]
  readonly seed: number
  readonly hasBase: boolean
  /** which of the computed tensors is in hand, and how many there are: for passes over the model that keep numbers by tensor */
  readonly tensorIndex: number
  readonly tensorCount: number
}

export interface Ingredients<P = Values<ParamTable>, M = P> extends Setting<P, M> {
  readonly place: Place
  readonly base: Float32Array | undefined
  /** one [place.length] array for each model: values or deltas, as `of` says; never to be written to */
  readonly values: readonly Float32Array[]
  /** of each model, where the method says that it takes them */
  readonly statistics: readonly (TensorStatistics | undefined)[]
  readonly baseStatistics: TensorStatistics | undefined
  /** what the passes found, in their order; a pass that was not needed gives an empty array */
  readonly known: readonly Float64Array[]
}

/** What was measured of one model (see `statistics/table.ts`). */
export interface TensorStatistics {
  /** an array of the tensor in hand, or of another matrix of the model; whole, whatever the block */
  get(quantity: Quantity, matrix?: string): Float32Array | undefined
}

export interface Pass<P = Values<ParamTable>, M = P> {
  /** measured over one tensor, over the tensors of one group together, or over all tensors of the model */
  readonly scope: 'tensor' | 'group' | 'model'
  /** of scope `group`: which group a tensor belongs to, by its name; such a pass neither counts nor gives `before` */
  readonly group?: (tensor: string) => string
  /** how many numbers it measures; where it depends on the tensor (scope `tensor` only), a function of it */
  readonly size: number | ((place: Place) => number)
  /** the numbers are whole: they may be added in any order, so a job keeps one table instead of one a block */
  readonly counts?: boolean
  /** `before`: a block is given the sum over the blocks before it, and after that the sum over all */
  readonly gives?: 'sum' | 'before'
  /** only some blocks are measured: for a guess that a later pass checks */
  readonly sampled?: boolean
  /** false: this pass is skipped, given what the earlier ones found */
  needed?(known: readonly Float64Array[]): boolean
  /** Adds the numbers of this block to `into` ([size], zero at first). */
  measure(input: Ingredients<P, M>, into: Float64Array): void
  /** Turns the sums into what later passes and `combine` want. Neutral: the sums themselves. `elements` counts the whole scope. */
  settle?(sums: Float64Array, setting: Setting<P, M> & { readonly known: readonly Float64Array[]; readonly elements: number }): Float64Array
}

export interface MergeMethod<P extends ParamTable = ParamTable, M extends ParamTable = ParamTable> {
  readonly name: string
  readonly title: string
  /** one plain sentence */
  readonly summary: string
  readonly help?: string
  /** as `NodeSpec.formula` */
  readonly formula: string
  readonly paper: string
  /** ids of the published systems (resources/systems.json) that it realises */
  readonly systems: readonly string[]
  readonly base: 'none' | 'optional' | 'required'
  readonly models: { readonly min: number; readonly max?: number }
  /** `deltas`: the method works on differences from the base and writes a difference; the engine adds the base again */
  readonly of: 'values' | 'deltas'
  /** the result depends on the order of the models */
  readonly ordered?: boolean
  /** it assumes task vectors that are nearly orthogonal: above this cosine a person is told */
  readonly orthogonal?: number
  /** draws random numbers */
  readonly stochastic?: boolean
  /** a node of its own offers it, with the statistics that it needs; the Merger does not list it */
  readonly hasOwnNode?: true
  /** takes statistics of every model: at least one of these quantities; `base`: of the base as well, where there are some */
  readonly statistics?: { readonly needs: readonly Quantity[]; readonly from: string; readonly base?: true }
  readonly params: P
  readonly perModel: M
  passes?(setting: Setting<Values<P>, Values<M>>): readonly Pass<Values<P>, Values<M>>[]
  /** Throws `weights-parameter` (see `settings.ts`) for settings that make no sense together. Called once a tensor, before anything is read. */
  check?(setting: Setting<Values<P>, Values<M>>): void
  /**
   * Of a method whose result is Σ factor·value (of values, or of deltas as `of` says) and nothing else: the factor of each model. The engine may tell such a
   * sum without widening what it reads.
   */
  factors?(setting: Settled<Values<P>, Values<M>>): readonly number[]
  /**
   * How much of each model goes into this tensor, where one number each says it; a person sees it before a merge. Neutral: the `factors`, where there are some.
   */
  coefficients?(setting: Settled<Values<P>, Values<M>>): readonly number[] | undefined
  /** What a person should know of these settings before a merge, as a sentence. Neutral: nothing. */
  notice?(setting: Setting<Values<P>, Values<M>>): string | undefined
  /**
   * What a person should know of a tensor where the models (or their changes) have these inner products ⟨x_i, x_j⟩: what it does there, to stand behind the names
   * of such tensors. Neutral: nothing.
   */
  remark?(products: (i: number, j: number) => number, setting: Setting<Values<P>, Values<M>>): string | undefined
  combine(input: Ingredients<Values<P>, Values<M>>, out: Float32Array): void
}

/** What is settled before a block is read. */
export type Settled<P = Values<ParamTable>, M = P> = Setting<P, M> & Pick<Ingredients<P, M>, 'known'>

/** A method says how it combines, or that it is a weighted sum. */
type Written<P extends ParamTable, M extends ParamTable> = Omit<MergeMethod<P, M>, 'combine' | 'factors'> &
  (Pick<MergeMethod<P, M>, 'combine'> | Required<Pick<MergeMethod<P, M>, 'factors'>>)

/** A method with the types of its params forgotten, as the catalog holds it. */
export type AnyMethod = MergeMethod

export function defineMergeMethod<const P extends ParamTable, const M extends ParamTable>(method: Written<P, M>): AnyMethod {
  if ('combine' in method) return method as unknown as AnyMethod
  const combine: MergeMethod<P, M>['combine'] = (input, out) => combineLinear(input.values, method.factors(input), out)
  return { ...method, combine } as unknown as AnyMethod
}

export interface Pruner<P extends ParamTable = ParamTable>
  extends Pick<
    MergeMethod<P, Record<never, ParamSpec>>,
    'name' | 'title' | 'summary' | 'help' | 'formula' | 'paper' | 'systems' | 'stochastic' | 'params' | 'passes' | 'check' | 'notice'
  > {
  /** Writes the pruned block of the one delta in `values[0]`. */
  prune(input: Ingredients<Values<P>, Values<Record<never, ParamSpec>>>, out: Float32Array): void
}

/** A pruner is a method of one delta: delta in, sparser delta out. */
export function definePruner<const P extends ParamTable>(pruner: Pruner<P>): AnyMethod {
  const { prune, ...rest } = pruner
  return defineMergeMethod<P, Record<never, ParamSpec>>({
    ...rest,
    base: 'none',
    models: { min: 1, max: 1 },
    of: 'deltas',
    perModel: {},
    combine: prune,
  })
}

/** Number params as methods declare them. */
export const number = <const S extends { readonly default: number; readonly summary: string }>(
  spec: S,
): S & { readonly kind: 'number' } => ({ kind: 'number', ...spec })
export const boolean = <const S extends { readonly default: boolean; readonly summary: string }>(
  spec: S,
): S & { readonly kind: 'boolean' } => ({ kind: 'boolean', ...spec })
export const choice = <const S extends Omit<Extract<ParamSpec, { kind: 'choice' }>, 'kind'>>(spec: S): S & { readonly kind: 'choice' } => ({
  kind: 'choice',
  ...spec,
})

/** The share of every model that nearly all methods have. */
export const weightOf = (fallback = 1) => number({ default: fallback, min: -10, max: 10, step: 0.05, summary: 'how much of this model' })
