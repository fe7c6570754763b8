import { makingUp, rankUnit } from '../kernels/random-sparse'
import { byRankAtRandom, checkWindow, type RankUnit, type Rescale } from '../kernels/sparsify'
import { definePruner, number } from '../method'

export default definePruner({
  name: 'della',
  title: 'Drop at random by rank (DELLA)',
  summary: 'Drops changes at random, the small ones of each row more often.',
  help: 'The chance to stay rises with the rank of magnitude in the row (or tensor: *Ranks*) from density − ε to density + ε; survivors are divided by their chance.',
  formula: 'τ̂ = c · m ∘ τ, m ~ Bernoulli(p), d = {density}, ε = {epsilon}',
  paper: 'Deep et al. 2024, arXiv:2406.11617',
  systems: ['della'],
  stochastic: true,
  params: {
    density: number({ default: 0.5, min: 0, max: 1, step: 0.05, summary: 'mean chance of an entry to stay' }),
    epsilon: number({ default: 0.15, min: 0, max: 0.5, step: 0.01, summary: 'how far the chance moves with the rank, to either side' }),
    rescale: makingUp,
    ranks: rankUnit,
  },
  check: ({ params }) => checkWindow(params.density, params.epsilon, 'della'),
  passes: ({ params }) => della(params.ranks).passes,
  prune: (input, out) => della(input.params.ranks).sparse(input, 0, out),
})

interface Params {
  readonly density: number
  readonly epsilon: number
  readonly rescale: Rescale
}

const della = (ranks: RankUnit) =>
  byRankAtRandom<Params, unknown>(
    1,
    ({ params }) => params.density,
    ({ params }) => params.epsilon,
    ({ params }) => params.rescale,
    ranks,
  )
