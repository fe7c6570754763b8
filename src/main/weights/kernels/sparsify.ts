import type { Ingredients, Pass, Setting } from '../method'
import { refuse } from '../settings'
import { bitsOf } from './bit-counts'
import { keepBetween, rankBounds } from './magnitude'
import { drawUniform, philoxKey } from './philox'
import { rankPass, tensorRanks } from './tensor-ranks'

/**
 * Ways to make task vectors sparse, shared by pruners and by the methods that prune on their way. Each works on every model of `values`;
 * `sparse` writes one model's pruned block. Passes occupy places of `known` from 0.
 */
export interface Sparsifier<P, M> {
  readonly passes: readonly Pass<P, M>[]
  sparse(input: Ingredients<P, M>, model: number, out: Float32Array): void
}

export type Rescale = 'inverse_keep' | 'l1' | 'none'

type Density<P, M> = (setting: Setting<P, M>, model: number) => number

/** The density that each model's own settings give. */
export const densityOf = ({ perModel }: Setting<unknown, { readonly density: number }>, model: number): number =>
  perModel[model]?.density ?? 1

/** Keeps ranks `[from, to)` of |τ|, largest first; `rescale`: scaled so that the sum of magnitudes over the scope is as before. */
function byRank<P, M>(
  scope: 'tensor' | 'model',
  models: number,
  kept: (elements: number, setting: Setting<P, M>, model: number) => readonly [from: number, to: number],
  rescale: boolean,
): Sparsifier<P, M> {
  const order = rankBounds<P, M>({
    scope,
    firstPass: 0,
    arrays: ({ values }) => values,
    arrayCount: models,
    boundCount: models * 2,
    guess: true,
    bounds: (elements, setting) =>
      Array.from({ length: models }, (_, array) => kept(elements, setting, array).map((rank) => ({ array, rank }))).flat(),
  })
  const keep = (input: Ingredients<P, M>, model: number, out: Float32Array): void =>
    keepBetween(input.values[model] as Float32Array, order.bound(input, model * 2), order.bound(input, model * 2 + 1), out)
  if (!rescale) return { passes: order.passes, sparse: keep }
  return {
    passes: [
      ...order.passes,
      magnitudePass(scope, models, (input, model) => {
        const survivors = new Float32Array(input.place.length)
        keep(input, model, survivors)
        return survivors
      }),
    ],
    sparse(input, model, out) {
      keep(input, model, out)
      const factor = sumRatio(input.known[order.passes.length] as Float64Array, model)
      for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) * factor
    },
  }
}

/** Σ|τ| and Σ|τ̂| of each model over the scope. */
function magnitudePass<P, M>(
  scope: 'tensor' | 'model',
  models: number,
  survivorsOf: (input: Ingredients<P, M>, model: number) => Float32Array,
): Pass<P, M> {
  return {
    scope,
    size: models * 2,
    measure(input, into) {
      for (let model = 0; model < models; model++) {
        into[model * 2] = sumOfMagnitudes(input.values[model] as Float32Array)
        into[model * 2 + 1] = sumOfMagnitudes(survivorsOf(input, model))
      }
    },
  }
}

const sumOfMagnitudes = (values: Float32Array): number => values.reduce((sum, value) => sum + Math.abs(value), 0)

/** What the survivors are scaled by; 1 where none is left. */
function sumRatio(sums: Float64Array, model: number): number {
  const [before = 0, after = 0] = sums.subarray(model * 2, model * 2 + 2)
  return after > 0 ? before / after : 1
}

/** Keeps the ⌊density·n⌋ largest |τ|, of a tensor by itself at least one unless the density is 0. Neutral: density 1. Yadav et al. 2023, arXiv:2306.01708. */
export function byMagnitude<P, M>(scope: 'tensor' | 'model', models: number, density: Density<P, M>, rescale = false): Sparsifier<P, M> {
  return byRank(
    scope,
    models,
    (elements, setting, model) => {
      const share = density(setting, model)
      return [0, Math.max(scope === 'tensor' && share > 0 ? 1 : 0, Math.floor(share * elements))]
    },
    rescale,
  )
}

/**
 * Keeps ⌊density·n⌋ entries after setting aside the ⌊gamma·n⌋ largest; where too few are left below those, fewer are set aside.
 * Neutral: density 1. A gamma of 0 is plain magnitude pruning. Davari and Belilovsky 2023, arXiv:2312.06795.
 */
export function withoutOutliers<P, M>(models: number, density: Density<P, M>, gamma: Density<P, M>, rescale = false): Sparsifier<P, M> {
  return byRank(
    'tensor',
    models,
    (elements, setting, model) => {
      const kept = Math.floor(density(setting, model) * elements)
      const top = Math.min(Math.floor(gamma(setting, model) * elements), elements - kept)
      return [top, top + kept]
    },
    rescale,
  )
}

/** Drops entries at random with probability 1 − density. Neutral: density 1. Yu et al. 2023, arXiv:2311.03099. */
export function atRandom<P, M>(models: number, density: Density<P, M>, rescale: (setting: Setting<P, M>) => Rescale): Sparsifier<P, M> {
  return masked(models, rescale, (input, model, draws) => {
    const keep = density(input, model)
    return { probability: () => keep, draws }
  })
}

/** What the rank of an entry is taken in. */
export type RankUnit = 'row' | 'tensor'

/**
 * Drops entries at random, the larger ones less often: by rank, within each row or over the whole tensor, from density − ε to density + ε.
 * Deep et al. 2024, arXiv:2406.11617.
 */
export function byRankAtRandom<P, M>(
  models: number,
  density: Density<P, M>,
  epsilon: Density<P, M>,
  rescale: (setting: Setting<P, M>) => Rescale,
  unit: RankUnit = 'row',
): Sparsifier<P, M> {
  const chancesOf = (input: Ingredients<P, M>, model: number): Float64Array => {
    const { rowLength, elements, length } = input.place
    const [values, mean, reach] = [input.values[model] as Float32Array, density(input, model), epsilon(input, model)]
    // a tensor of one block is one long row
    if (unit === 'row' || length === elements) return rankProbabilities(values, unit === 'row' ? rowLength : length, mean, reach)
    return spreadProbabilities(values, tensorRanks(input.known[0] as Float64Array, model), elements, mean, reach)
  }
  return masked(
    models,
    rescale,
    (input, model, draws) => {
      const probabilities = chancesOf(input, model)
      return { probability: (i) => probabilities[i] as number, draws }
    },
    unit === 'tensor' ? [rankPass(models)] : [],
  )
}

/** Refuses a window that leaves [0, 1]; a density of 0 or 1 needs none. */
export function checkWindow(density: number, epsilon: number, owner: string): void {
  if (density <= 0 || density >= 1 || epsilon === 0) return
  if (density - epsilon <= 0 || density + epsilon >= 1)
    refuse(owner, `has a density of ${density} ± ${epsilon}, which leaves 0 to 1`, 'Make epsilon smaller.')
}

/** [rows·n] → keep probability of each entry: density ± epsilon by its rank of magnitude in its row (ties: the lower index ranks lower). */
export function rankProbabilities(values: Float32Array, rowLength: number, density: number, epsilon: number): Float64Array {
  const probabilities = new Float64Array(values.length).fill(Math.min(1, Math.max(0, density)))
  if (density <= 0 || density >= 1 || rowLength === 1) return probabilities
  const order = new Uint32Array(rowLength)
  for (let start = 0; start < values.length; start += rowLength) {
    for (let i = 0; i < rowLength; i++) order[i] = i
    order.sort((a, b) => Math.abs(values[start + a] as number) - Math.abs(values[start + b] as number) || a - b)
    for (let rank = 0; rank < rowLength; rank++)
      probabilities[start + (order[rank] as number)] = density - epsilon + (2 * epsilon * rank) / (rowLength - 1)
  }
  return probabilities
}

/** As `rankProbabilities`, with ranks in the whole tensor of `elements` entries. */
function spreadProbabilities(
  values: Float32Array,
  rankOf: (value: number) => number,
  elements: number,
  density: number,
  epsilon: number,
): Float64Array {
  const probabilities = new Float64Array(values.length).fill(Math.min(1, Math.max(0, density)))
  if (density <= 0 || density >= 1) return probabilities
  const words = bitsOf(values)
  for (let i = 0; i < values.length; i++)
    probabilities[i] = density - epsilon + (2 * epsilon * rankOf((words[i] as number) & 0x7fffffff)) / (elements - 1)
  return probabilities
}

interface Mask {
  probability(index: number): number
  readonly draws: Float32Array
}

let scratch = new Float32Array(65_536)

/** The L1 pass measures Σ|τ| and Σ|mτ| of the tensor, so that the survivors can be scaled to the old sum. */
function masked<P, M>(
  models: number,
  rescale: (setting: Setting<P, M>) => Rescale,
  maskOf: (input: Ingredients<P, M>, model: number, draws: Float32Array) => Mask,
  earlier: readonly Pass<P, M>[] = [],
): Sparsifier<P, M> {
  const drawn = (input: Ingredients<P, M>, model: number): Mask => {
    const { length, start, tensor } = input.place
    if (scratch.length < length) scratch = new Float32Array(length)
    const draws = scratch.subarray(0, length)
    drawUniform(philoxKey(input.seed, input.labels[model] as string, tensor), start, draws)
    return maskOf(input, model, draws)
  }
  const l1: Pass<P, M> = {
    scope: 'tensor',
    size: models * 2,
    measure(input, into) {
      if (rescale(input) !== 'l1') return
      for (let model = 0; model < models; model++) {
        const values = input.values[model] as Float32Array
        const { probability, draws } = drawn(input, model)
        let before = 0
        let after = 0
        for (let i = 0; i < values.length; i++) {
          const size = Math.abs(values[i] as number)
          before += size
          if ((draws[i] as number) < probability(i)) after += size
        }
        into[model * 2] = before
        into[model * 2 + 1] = after
      }
    },
  }
  return {
    passes: [...earlier, l1],
    sparse(input, model, out) {
      const values = input.values[model] as Float32Array
      const { probability, draws } = drawn(input, model)
      const how = rescale(input)
      const factor = how === 'l1' ? sumRatio(input.known[earlier.length] as Float64Array, model) : 1
      for (let i = 0; i < values.length; i++) {
        const keep = probability(i)
        out[i] = (draws[i] as number) < keep ? ((values[i] as number) * factor) / (how === 'inverse_keep' ? keep : 1) : 0
      }
    },
  }
}
