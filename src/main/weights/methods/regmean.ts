import { informationOf } from '../kernels/information'
import { combineLinear, normalised } from '../kernels/linear'
import { type Regression, regressionOf } from '../kernels/regression'
import { defineMergeMethod, number, weightOf } from '../method'
import { refuse } from '../settings'

export default defineMergeMethod({
  name: 'regmean',
  title: 'RegMean',
  summary: 'Finds the matrices whose outputs come closest to every model’s own outputs on its own texts.',
  help: 'W* = (Σ W_i G_i)(Σ G_i)⁻¹ with the Gram matrices G_i of what flows into a matrix while each model reads its own texts (*Calibrate*). Where only energies are known (wide matrices, an importance matrix) each column is weighed by them, which is the same with *Off-diagonals* at 0. Tensors without statistics are averaged.',
  formula:
    'W* = (Σ w_i W_i G_i) (Σ w_i G_i)⁻¹, w = {weight}\nG_i = XᵀX of what flows in, its off-diagonals × {offDiagonal}; all else: Σ w_i θ_i / Σ w_i',
  paper: 'Jin et al. 2022, arXiv:2212.09849',
  systems: ['regmean'],
  base: 'none',
  models: { min: 1 },
  of: 'values',
  statistics: { needs: ['gram', 'energy'], from: 'Wire a Calibrate node of each model, in the order of the models.' },
  params: {
    offDiagonal: number({
      default: 0.9,
      min: 0,
      max: 1,
      step: 0.05,
      title: 'Off-diagonals',
      summary: 'how much the correlations between inputs count; 0: energies alone',
    }),
  },
  perModel: { weight: weightOf(1) },
  combine(input, out) {
    const { values, perModel, params, statistics, place } = input
    const weights = perModel.map(({ weight }) => weight)
    const grams = statistics.map((one) => one?.get('gram'))
    const { rowLength } = place
    if (grams.every((gram) => gram?.length === rowLength * rowLength)) {
      const regression = factored(grams as Float32Array[], weights, rowLength, params.offDiagonal)
      if (regression === undefined) refuse('RegMean', `cannot solve for ${place.tensor}: nothing flows into it`, 'Calibrate on more texts.')
      regression.solve(values, out)
      return
    }
    const shares = normalised(weights, () => refuse('RegMean', 'has weights that sum to zero', 'Change a weight.'))
    combineLinear(values, shares, out)
    // a norm has no inputs of its own, whatever was measured beside it
    const energies = place.shape.length > 1 ? informationOf({ statistics: statistics.map(onlyEnergy), place }, 'regmean') : undefined
    if (energies) averageByColumn(values, energies, weights, out)
  },
})

const onlyEnergy = (one: { get(quantity: 'energy'): Float32Array | undefined } | undefined) => ({
  get: (quantity: string) => (quantity === 'energy' ? one?.get('energy') : undefined),
})

/** Columns that nothing flows into stay as they are in `out`. */
function averageByColumn(
  values: readonly Float32Array[],
  energies: readonly Float32Array[],
  weights: readonly number[],
  out: Float32Array,
): void {
  for (let i = 0; i < out.length; i++) {
    let [sum, mass] = [0, 0]
    for (let model = 0; model < values.length; model++) {
      const share = (weights[model] as number) * (energies[model]?.[i] as number)
      sum += share * (values[model]?.[i] as number)
      mass += share
    }
    if (mass > 0) out[i] = sum / mass
  }
}

/** Factors are costly and the same for all blocks of a matrix, and for matrices that share an input: the last few are kept. */
const kept: { readonly first: Float32Array; readonly key: string; readonly regression: Regression | undefined }[] = []

function factored(grams: readonly Float32Array[], weights: readonly number[], n: number, off: number): Regression | undefined {
  const [first] = grams as [Float32Array]
  const key = `${weights.join()}/${off}/${grams.map(({ byteOffset }) => byteOffset).join()}`
  const standing = kept.find((one) => one.first.buffer === first.buffer && one.key === key)
  if (standing) return standing.regression
  const regression = regressionOf(grams, weights, n, off)
  kept.unshift({ first, key, regression })
  kept.length = Math.min(kept.length, 3)
  return regression
}
