import { makingUp } from '../kernels/random-sparse'
import { atRandom, type Rescale } from '../kernels/sparsify'
import { definePruner, number } from '../method'

export default definePruner({
  name: 'dare',
  title: 'Drop at random, rescale (DARE)',
  summary: 'Drops changes at random and scales up the rest, so that the expectation is kept.',
  help: 'Fine-tuned models change by little, and most of it can go: densities of 0.1 to 0.5 are usual. It fails where changes are large. Draws depend on seed, model and position only.',
  formula: 'τ̂ = c · m ∘ τ, m ~ Bernoulli(p), p = {density}',
  paper: 'Yu et al. 2023, arXiv:2311.03099',
  systems: ['dare'],
  stochastic: true,
  params: {
    density: number({ default: 0.5, min: 0, max: 1, step: 0.05, summary: 'chance of an entry to stay' }),
    rescale: makingUp,
  },
  passes: () => dare.passes,
  prune: (input, out) => dare.sparse(input, 0, out),
})

const dare = atRandom<{ readonly density: number; readonly rescale: Rescale }, unknown>(
  1,
  ({ params }) => params.density,
  ({ params }) => params.rescale,
)
