import { defineMergeMethod, number } from '../method'

export default defineMergeMethod({
  name: 'nearswap',
  title: 'NearSwap',
  summary: 'Moves each weight of the first model towards the second, by at most t.',
  help: 'Where the models nearly agree the second model is taken over; where they differ much, the first moves by t only.',
  formula: 'θ* = θ_1 + min(1, t / |θ_2 − θ_1|) · (θ_2 − θ_1), t = {t}',
  paper: 'Goddard et al. 2024, arXiv:2403.13257 (after alchemonaut)',
  systems: ['mergekit'],
  base: 'none',
  models: { min: 2, max: 2 },
  of: 'values',
  ordered: true,
  params: { t: number({ default: 0.001, min: 0, max: 10, step: 0.001, summary: 'the farthest that a weight may move' }) },
  perModel: {},
  combine({ values: [from, to], params: { t } }, out) {
    if (from === undefined || to === undefined) return
    for (let i = 0; i < out.length; i++) {
      const a = from[i] as number
      const step = (to[i] as number) - a
      out[i] = a + Math.min(1, t / Math.max(Math.abs(step), 1e-6)) * step
    }
  },
})
