import { randomSparseMethod } from '../kernels/random-sparse'

export default randomSparseMethod({
  name: 'della-linear',
  title: 'DELLA, then add',
  summary: 'Drops changes at random, small ones more often, and adds the rest to the base.',
  help: `As *DELLA*, with a plain weighted sum in place of the election.`,
  formula:
    'θ* = base + {scale} · Σ w_i τ̂_i{normalize? / Σ w_i}, w = {weight}\nτ̂_i = c · m_i ∘ τ_i, τ_i = θ_i − base, m_i ~ Bernoulli(p), d = {density}, ε = {epsilon}',
  paper: 'Deep et al. 2024, arXiv:2406.11617',
  systems: ['della'],
  chances: 'by rank',
  elects: false,
  normalize: false,
})
