import { randomSparseMethod } from '../kernels/random-sparse'

export default randomSparseMethod({
  name: 'dare-linear',
  title: 'DARE, then add',
  summary: 'Drops changes at random, scales up the rest, adds them to the base.',
  help: `Each entry of a task vector stays with the chance *density* and is divided by it, so that the expectation is kept. Fine-tunings change so little that most of it can go. Draws depend on seed, model and position only.`,
  formula:
    'θ* = base + {scale} · Σ w_i τ̂_i{normalize? / Σ w_i}, w = {weight}\nτ̂_i = c · m_i ∘ τ_i, τ_i = θ_i − base, m_i ~ Bernoulli(p), p = {density}',
  paper: 'Yu et al. 2023, arXiv:2311.03099',
  systems: ['dare'],
  chances: 'alike',
  elects: false,
  normalize: false,
})
