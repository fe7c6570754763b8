/** What a weights expression does to its models, tensor by tensor, found without writing anything. All shares are fractions in 0..1. */
export interface WeightsReport {
  /** what changes are measured against: the base, the mean of the models where there is no base, or nothing (a model by itself) */
  readonly reference: 'base' | 'mean' | 'none'
  /** the result is a task vector and no model */
  readonly isDelta: boolean
  /** names of the models that meet, in the order of the figures */
  readonly models: readonly string[]
  readonly tensors: readonly TensorReport[]
  /** of the changes, between each two models, over all tensors; NaN (null in JSON) for a model that changes nothing */
  readonly cosines: readonly (readonly (number | null)[])[]
  readonly elements: number
  /** what reading and computing all of it took here, in milliseconds; writing comes on top */
  readonly ms: number
  readonly readBytes: number
  /** the size of the file by type; none for a task vector */
  readonly sizes: readonly { readonly dtype: string; readonly bytes: number }[]
  readonly warnings: readonly string[]
}

export interface TensorReport {
  readonly name: string
  /** number of the layer; null for what stands outside all layers */
  readonly layer: number | null
  /** the name without its layer, e.g. `attn_q` */
  readonly part: string
  /** innermost first */
  readonly shape: readonly number[]
  /** ‖result − reference‖ / ‖reference‖; without a reference the root mean square of the result */
  readonly change: number
  /** the same for each model */
  readonly changes: readonly number[]
  /** share of entries of the result that are exactly as in the reference */
  readonly unchanged: number
  /** the same for each model: of a pruned task vector the share that was pruned */
  readonly unchangedOf: readonly number[]
  /** how much of each model goes in, where one number says it; else none: a method that chooses entry by entry has no such number */
  readonly coefficients: readonly number[]
  /** share of entries that at least two models change in opposite directions */
  readonly conflicts: number
}

/** How the changes of one tensor are spread: counts in equal steps from −limit to limit; what lies beyond is in the outermost. */
export interface WeightsHistogram {
  readonly tensor: string
  readonly limit: number
  readonly result: readonly number[]
  readonly models: readonly (readonly number[])[]
}
