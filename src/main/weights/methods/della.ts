import { randomSparseMethod } from '../kernels/random-sparse'

export default randomSparseMethod({
  name: 'della',
  title: 'DELLA',
  summary: 'Drops changes at random, small ones more often, then elects signs and joins.',
  help: `Within each row the chance to stay rises with the rank of magnitude from *density* − ε to *density* + ε; survivors are divided by their chance. Then signs are elected as in TIES.`,
  formula:
    'θ* = base + {scale} · Σ w_i [sign τ̂_i = s] τ̂_i{normalize? / Σ w_i [sign τ̂_i = s]}, w = {weight}\nτ̂_i = c · m_i ∘ τ_i, τ_i = θ_i − base, m_i ~ Bernoulli(p), d = {density}, ε = {epsilon}; s = sign Σ w_i τ̂_i',
  paper: 'Deep et al. 2024, arXiv:2406.11617',
  systems: ['della'],
  chances: 'by rank',
  elects: true,
  normalize: true,
})
