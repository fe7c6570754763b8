import { defineMergeMethod } from '../method'

export default defineMergeMethod({
  name: 'average',
  title: 'Average',
  summary: 'The plain mean of all models.',
  help: 'θ* = (1/k) Σ θ_i. Works when the models are fine-tunings of one ancestor; it needs no data. Averaged judges and reward models (WARM) are steadier than their members. Averages of quantized models are fine: their errors average out too.',
  formula: 'θ* = (1/k) Σ θ_i',
  paper: 'Wortsman et al. 2022, arXiv:2203.05482',
  systems: ['model-soup-uniform', 'warm'],
  base: 'none',
  models: { min: 1 },
  of: 'values',
  params: {},
  perModel: {},
  factors: ({ labels }) => labels.map(() => 1 / labels.length),
})
