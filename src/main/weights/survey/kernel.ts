/** Values of one block of one participant; a delta is a change already. */
export interface Member {
  readonly values: Float32Array
  readonly isDelta: boolean
}

export interface SurveyBlock {
  readonly base?: Float32Array
  readonly models: readonly Member[]
  readonly result: Member
}

/** Where the sums of a survey of `models` models stand in a table of float64. */
export function layoutOf(models: number) {
  const pairs = (models * (models - 1)) / 2
  return {
    elements: 0,
    reference: 1,
    change: 2,
    unchanged: 3,
    conflicts: 4,
    changes: 5,
    unchangedOf: 5 + models,
    dots: 5 + 2 * models,
    size: 5 + 2 * models + pairs,
  }
}

/**
 * Adds one block to the sums of `into`, laid out by `layoutOf`: entries, Σ reference², Σ (result − reference)², entries that did not change, entries that
 * two models change in opposite directions; then per model Σ change² and unchanged entries, then Σ changeᵢ·changeⱼ for i < j. All arrays [n].
 * The reference is the base, else the mean of the models, else (no models) nothing: then the result itself counts as the change.
 */
export function surveyBlock({ base, models, result }: SurveyBlock, into: Float64Array): void {
  const at = layoutOf(models.length)
  const count = models.length
  const changes = new Float64Array(count)
  const hasMean = isMeasuredByMean(base, models)
  const n = result.values.length
  for (let k = 0; k < n; k++) {
    const reference = hasMean ? meanAt(models, k) : (base?.[k] ?? 0)
    let rises = false
    let falls = false
    for (let i = 0; i < count; i++) {
      const { values, isDelta } = models[i] as Member
      const change = (values[k] as number) - (isDelta ? 0 : reference)
      changes[i] = change
      if (change > 0) rises = true
      else if (change < 0) falls = true
      else add(into, at.unchangedOf + i, 1)
      add(into, at.changes + i, change * change)
    }
    if (rises && falls) add(into, at.conflicts, 1)
    let pair = at.dots
    for (let i = 0; i < count; i++) for (let j = i + 1; j < count; j++) add(into, pair++, (changes[i] as number) * (changes[j] as number))
    const change = (result.values[k] as number) - (result.isDelta ? 0 : reference)
    if (change === 0) add(into, at.unchanged, 1)
    add(into, at.change, change * change)
    add(into, at.reference, reference * reference)
  }
  add(into, at.elements, n)
}

/** Adds one block to counts in `bins` equal steps from −limit to limit (limit > 0): first those of the result, then those of each model. */
export function countBlock({ base, models, result }: SurveyBlock, limit: number, bins: number, into: Float64Array): void {
  const hasMean = isMeasuredByMean(base, models)
  const scale = bins / (2 * limit)
  const members = [result, ...models]
  for (let k = 0; k < result.values.length; k++) {
    const reference = hasMean ? meanAt(models, k) : (base?.[k] ?? 0)
    for (const [i, { values, isDelta }] of members.entries()) {
      const change = (values[k] as number) - (isDelta ? 0 : reference)
      add(into, i * bins + Math.min(bins - 1, Math.max(0, Math.floor((change + limit) * scale))), 1)
    }
  }
}

/** Whole models without a base are measured against their mean. */
const isMeasuredByMean = (base: Float32Array | undefined, models: readonly Member[]): boolean =>
  base === undefined && models.length > 0 && models.every(({ isDelta }) => !isDelta)

function meanAt(models: readonly Member[], k: number): number {
  let sum = 0
  for (let i = 0; i < models.length; i++) sum += (models[i] as Member).values[k] as number
  return sum / models.length
}

function add(sums: Float64Array, place: number, amount: number): void {
  sums[place] = (sums[place] as number) + amount
}
