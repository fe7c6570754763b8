import { dot } from '../kernels/linear'
import { keepBetween, nothingAbove, rankBounds } from '../kernels/magnitude'
import { defineMergeMethod, type Ingredients, number, type Pass } from '../method'

interface Select {
  readonly select: number
  readonly floor: number
}
type Input = Ingredients<Select, unknown>

export default defineMergeMethod({
  name: 'sce',
  title: 'SCE',
  summary: 'Selects the places where the models differ most, weighs matrices by their energy, erases minority signs.',
  help: 'Select: the share of positions with the largest variance between task vectors. Calculate: each model weighs as much as the mean square of its selected entries. Erase: entries against the elected sign go. Nothing else to tune.',
  formula:
    'θ* = base + Σ w_i [sign τ̂_i = s] τ̂_i / Σ w_i [sign τ̂_i = s], w_i ∝ Σ τ̂_i² of the tensor (all alike where the means of τ̂_i² sum to less than {floor})\nτ̂_i: θ_i − base where its variance over the models is among the largest {select} of those above 0; s = sign Σ τ̂_i',
  paper: 'Wan et al. 2024 (FuseChat), arXiv:2408.07990',
  systems: ['mergekit', 'fusechat-varm'],
  base: 'required',
  models: { min: 2 },
  of: 'deltas',
  params: {
    select: number({ default: 1, min: 0, max: 1, step: 0.05, summary: 'share of the differing positions that stay' }),
    floor: number({
      default: 0,
      min: 0,
      max: 1,
      summary:
        'where the mean squares of all changes sum to less, all models weigh alike; also the least that a sum is divided by (MergeKit: 0.000001)',
    }),
  },
  perModel: {},
  passes: ({ labels, params }) => [...(params.select < 1 ? [differing, ...selection().passes] : []), energyPass(labels.length)],
  coefficients: ({ known }) => [...(known.at(-1) as Float64Array)],
  combine(input, out) {
    eraseAndJoin(selected(input), input.known.at(-1) as Float64Array, input.params.floor, out)
  },
})

/** The sign is elected by the plain sum; the entries of that sign are joined by weight. */
function eraseAndJoin(deltas: readonly Float32Array[], weights: Float64Array, floor: number, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) {
    let vote = 0
    for (const delta of deltas) vote += delta[i] as number
    const sign = vote >= 0 ? 1 : -1
    let sum = 0
    let share = 0
    for (const [model, delta] of deltas.entries()) {
      const entry = delta[i] as number
      if (entry * sign <= 0) continue
      sum += (weights[model] as number) * entry
      share += weights[model] as number
    }
    out[i] = share === 0 ? 0 : sum / Math.max(share, floor)
  }
}

/** Settles what each model weighs in the tensor: its share of the energy, or all alike where there is too little. */
const energyPass = (models: number): Pass<Select, unknown> => ({
  scope: 'tensor',
  size: models,
  measure(input, into) {
    for (const [model, delta] of selected(input).entries()) into[model] = dot(delta, delta)
  },
  settle(energies, { params, elements }) {
    const total = energies.reduce((sum, energy) => sum + energy, 0)
    const alike = total === 0 || total / elements < params.floor
    return energies.map((energy) => (alike ? 1 / energies.length : energy / total))
  },
})

const differing: Pass<Select, unknown> = {
  scope: 'tensor',
  size: 1,
  measure(input, into) {
    into[0] = varianceOf(input).reduce((count, variance) => count + (variance === 0 ? 0 : 1), 0)
  },
}

const selection = () =>
  rankBounds<Select, unknown>({
    scope: 'tensor',
    firstPass: 1,
    arrays: (input) => [varianceOf(input)],
    arrayCount: 1,
    boundCount: 1,
    bounds: (_, { params, known }) => [{ array: 0, rank: Math.floor(params.select * ((known[0] as Float64Array)[0] as number)) }],
  })

/** The deltas with everything outside the selection zeroed. */
function selected(input: Input): readonly Float32Array[] {
  if (input.params.select >= 1) return input.values
  const kept = new Float32Array(input.place.length)
  keepBetween(varianceOf(input), nothingAbove, selection().bound(input, 0), kept)
  return input.values.map((delta) => delta.map((entry, i) => (kept[i] === 0 ? 0 : entry)))
}

/** Variance over models at each position, of the population. */
function varianceOf({ values, place }: Input): Float32Array {
  const variances = new Float32Array(place.length)
  for (let i = 0; i < variances.length; i++) {
    let sum = 0
    for (const value of values) sum += value[i] as number
    const mean = sum / values.length
    let squares = 0
    for (const value of values) squares += ((value[i] as number) - mean) ** 2
    variances[i] = squares / values.length
  }
  return variances
}
