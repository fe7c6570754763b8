import { informationOr0 } from '../kernels/information'
import { defineMergeMethod, number, weightOf } from '../method'
import { refuse } from '../settings'

export default defineMergeMethod({
  name: 'uncertainty',
  title: 'Uncertainty-based matching',
  summary: 'Task arithmetic in which each change counts as much as its model is sure of it.',
  help: 'θ* = θ0 + Σ α_t (H_t + H_0 + δ) τ_t / (Σ α_t H_t + H_0 + δ), with the Fisher diagonals H_t of the models and H_0 of the base (0 where none is wired): this removes the first-order mismatch between the gradients of merged and single models. Without any information it is task arithmetic.',
  formula:
    'θ* = base + Σ w_i (c H_i + H_0 + δ) (θ_i − base) / (Σ w_i c H_i + H_0 + δ), w = {weight}\nH: diagonal of the Fisher information, c = {informationScale}, δ = {delta}',
  paper: 'Daheim et al. 2023, arXiv:2310.12808',
  systems: ['uncertainty-merging'],
  base: 'required',
  models: { min: 1 },
  of: 'deltas',
  statistics: { needs: ['fisher', 'energy'], from: 'Wire a Calibrate node of each model, in the order of the models.', base: true },
  params: {
    delta: number({ default: 1e-12, min: 0, max: 1, title: 'δ', summary: 'information that everything has at least' }),
    informationScale: number({
      default: 1,
      min: 0,
      max: 1e12,
      title: 'Scale',
      summary: 'multiplies all information of the models (the size of their data sets)',
    }),
  },
  perModel: { weight: weightOf(1) },
  combine({ values, perModel, params, statistics, baseStatistics, place }, out) {
    const own = statistics.map((one) => informationOr0(one, place, 'uncertainty'))
    const ancestor = informationOr0(baseStatistics, place, 'uncertainty')
    for (let i = 0; i < out.length; i++) {
      const common = (ancestor[i] as number) + params.delta
      let [sum, mass] = [0, common]
      for (let model = 0; model < values.length; model++) {
        const alpha = perModel[model]?.weight as number
        const information = params.informationScale * (own[model]?.[i] as number)
        sum += alpha * (information + common) * (values[model]?.[i] as number)
        mass += alpha * information
      }
      if (mass === 0) {
        if (params.delta === 0 && sum === 0) {
          out[i] = 0
          continue
        }
        refuse('Uncertainty-based matching', 'divides by an information of zero', 'Set δ to a little more than 0.')
      }
      out[i] = sum / mass
    }
  },
})
