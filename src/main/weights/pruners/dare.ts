import { atRandom, type Rescale } from '../kernels/sparsify'
import { choice, definePruner, number } from '../method'

export default definePruner({
  name: 'dare',
  title: 'Drop at random, rescale (DARE)',
  summary: 'Drops changes at random and scales up the rest, so that the expectation is kept.',
  help: 'Fine-tuned models change by little, and most of it can go: densities of 0.1 to 0.5 are usual. It fails where changes are large. Draws depend on seed, model and position only.',
  formula: 'τ̂ = m ∘ τ, m ~ Bernoulli(d), d = {density}\nwhat stays is divided by d, unless another making up is chosen',
  paper: 'Yu et al. 2023, arXiv:2311.03099',
  systems: ['dare'],
  stochastic: true,
  params: {
    density: number({ default: 0.5, min: 0, max: 1, step: 0.05, summary: 'chance of an entry to stay' }),
    rescale: choice({
      default: 'inverse_keep',
      summary: 'what makes up for the dropped entries',
      options: [
        { value: 'inverse_keep', title: 'divide by the chance to stay' },
        { value: 'l1', title: 'keep the sum of magnitudes (MergeKit)' },
        { value: 'none', title: 'nothing' },
      ],
    }),
  },
  passes: () => dare.passes,
  prune: (input, out) => dare.sparse(input, 0, out),
})

const dare = atRandom<{ readonly density: number; readonly rescale: Rescale }, unknown>(
  1,
  ({ params }) => params.density,
  ({ params }) => params.rescale,
)
