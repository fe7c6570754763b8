import { normalised } from '../kernels/linear'
import { boolean, defineMergeMethod, type TensorStatistics, weightOf } from '../method'
import type { Place } from '../place'
import { refuse } from '../settings'

export default defineMergeMethod({
  name: 'fisher-mask',
  title: 'Fisher mask nodes',
  summary: 'Averages by how much every model’s behaviour depends on each attention head and hidden unit.',
  help: 'As the Fisher-weighted average, with one number for each head and each hidden unit instead of each weight: the squared gradient of a mask on it. Rows of queries and keys take their head’s number, rows of gate and up their unit’s, values and outputs the mean of their layer; all else the mean of the model.',
  formula:
    'θ* = Σ w_i M_i θ_i / Σ w_i M_i, w = {weight}\nM_i: mean squared gradient of a mask on each head and hidden unit{normMasks?, divided by mean over heads + mean over units, on the mean of the layers}',
  paper: 'Thennal et al. 2024, arXiv:2403.09891',
  systems: ['fisher-mask'],
  base: 'none',
  models: { min: 1 },
  of: 'values',
  statistics: {
    needs: ['heads', 'units'],
    from: 'Wire a Calibrate node with exact gradients, or masks of layers, of each model, in the order of the models.',
  },
  params: {
    normMasks: boolean({
      default: false,
      title: 'Normalise',
      summary: 'divide each model’s masks by their mean over the model: a model that is surer of its answers then counts no less',
    }),
    universal: boolean({
      default: true,
      title: 'Elsewhere too',
      summary: 'embeddings and norms by the mean of the model; off: averaged plainly',
    }),
  },
  perModel: { weight: weightOf(1) },
  combine({ values, perModel, params, statistics, place }, out) {
    const weights = perModel.map(({ weight }) => weight)
    const plain = normalised(weights, () => refuse('Fisher mask nodes', 'has weights that sum to zero', 'Change a weight.'))
    const masks = statistics.map((one) => {
      if (one === undefined) return []
      const scale = params.normMasks ? meanOfModel(one) : 1
      return rowMasks(one, place, params.universal).map((mask) => (scale > 0 ? mask / scale : mask))
    })
    for (let row = 0; row < place.rows; row++) {
      const mass = weights.map((weight, model) => weight * (masks[model]?.[row] ?? 0))
      const total = mass.reduce((sum, value) => sum + value, 0)
      // where no model depends on it, all count alike
      const shares = total > 0 ? mass.map((value) => value / total) : plain
      for (let i = row * place.rowLength; i < (row + 1) * place.rowLength; i++)
        out[i] = shares.reduce((sum, share, model) => sum + share * (values[model]?.[i] as number), 0)
    }
  },
})

/** One number for each row of the block. */
function rowMasks(statistics: TensorStatistics, place: Place, universal: boolean): number[] {
  const first = place.start / place.rowLength
  const allRows = place.elements / place.rowLength
  const each = (value: number): number[] => Array.from({ length: place.rows }, () => value)
  const [, block, role] = /^blk\.(\d+)\.(\w+)\.weight$/.exec(place.tensor) ?? []
  const heads = (matrix: string): Float32Array | undefined => statistics.get('heads', `blk.${block}.${matrix}.weight`)
  const units = statistics.get('units', `blk.${block}.ffn_down.weight`)
  const own = role === 'attn_q' || role === 'attn_k' ? heads(role) : role === 'ffn_gate' || role === 'ffn_up' ? units : undefined
  if (own) return each(0).map((_, row) => own[Math.floor(((first + row) * own.length) / allRows)] as number)
  if (role === 'attn_v' || role === 'attn_output') return each(meanOf(heads('attn_output')))
  if (role === 'ffn_down') return each(meanOf(units))
  return each(universal ? meanOfModel(statistics) : 1)
}

function meanOfModel(statistics: TensorStatistics): number {
  let [sum, layers] = [0, 0]
  for (;;) {
    const units = statistics.get('units', `blk.${layers}.ffn_down.weight`)
    const heads = statistics.get('heads', `blk.${layers}.attn_output.weight`)
    if (!units && !heads) return layers === 0 ? 1 : sum / layers
    sum += meanOf(units) + meanOf(heads)
    layers++
  }
}

const meanOf = (values: Float32Array | undefined): number =>
  values === undefined ? 0 : values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
