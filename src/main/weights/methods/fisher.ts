import { informationOf } from '../kernels/information'
import { combineLinear, normalised } from '../kernels/linear'
import { boolean, defineMergeMethod, number, weightOf } from '../method'
import { refuse } from '../settings'

export default defineMergeMethod({
  name: 'fisher',
  title: 'Fisher-weighted average',
  summary: 'Averages each weight by how much every model’s behaviour depends on it.',
  help: 'θ* = Σ λ_i F_i θ_i / Σ λ_i F_i with the diagonal of the Fisher information F_i. *Calibrate* measures it exactly for small Llama-type models; from activations or an importance matrix it is approximated by the energy of the column that a weight reads. Tensors without statistics are averaged plainly.',
  formula:
    'θ* = Σ w_i F_i θ_i / Σ w_i F_i, w = {weight}\nF_i: diagonal of the Fisher information, at least {floor}{favorTarget? for the first model}{normFisher?, divided by its length over all weights}',
  paper: 'Matena and Raffel 2022, arXiv:2111.09832',
  systems: ['fisher-merging'],
  base: 'none',
  models: { min: 1 },
  of: 'values',
  // the first model keeps its value where nobody knows anything
  ordered: true,
  statistics: { needs: ['fisher', 'energy'], from: 'Wire a Calibrate node of each model, in the order of the models.' },
  params: {
    normFisher: boolean({
      default: true,
      title: 'Normalise',
      summary: 'divide each model’s Fisher information by its length over all weights',
    }),
    floor: number({ default: 1e-6, min: 0, max: 1, summary: 'least Fisher information' }),
    favorTarget: boolean({
      default: true,
      title: 'Favour the first',
      summary: 'the floor holds for the first model alone: where no model knows anything, its value stays',
    }),
  },
  perModel: { weight: weightOf(1) },
  passes: ({ perModel, params }) => [
    {
      scope: 'model',
      size: perModel.length,
      needed: () => params.normFisher,
      measure(input, into) {
        const information = informationOf(input, 'fisher') ?? []
        for (const [model, values] of information.entries())
          for (const value of values) into[model] = (into[model] as number) + value * value
      },
      settle: (sums) => sums.map(Math.sqrt),
    },
  ],
  combine(input, out) {
    const { values, perModel, params, known } = input
    const weights = perModel.map(({ weight }) => weight)
    const information = informationOf(input, 'fisher')
    if (information === undefined) {
      const shares = normalised(weights, () => refuse('Fisher-weighted average', 'has weights that sum to zero', 'Change a weight.'))
      return combineLinear(values, shares, out)
    }
    const factors = weights.map((weight, model) => {
      const length = params.normFisher ? (known[0]?.[model] ?? 0) : 1
      return length > 0 ? weight / length : 0
    })
    const floors = weights.map((_, model) => (params.favorTarget && model > 0 ? 0 : params.floor))
    for (let i = 0; i < out.length; i++) {
      let [sum, mass] = [0, 0]
      for (let model = 0; model < values.length; model++) {
        const share = (factors[model] as number) * Math.max(floors[model] as number, information[model]?.[i] as number)
        sum += share * (values[model]?.[i] as number)
        mass += share
      }
      out[i] = mass > 0 ? sum / mass : (values[0]?.[i] as number)
    }
  },
})
