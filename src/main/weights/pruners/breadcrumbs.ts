import { withoutOutliers } from '../kernels/sparsify'
import { definePruner, number } from '../method'

export default definePruner({
  name: 'breadcrumbs',
  title: 'Drop both tails (breadcrumbs)',
  summary: 'Drops the largest and the smallest changes of each tensor, keeps the middle.',
  help: 'The gamma share of largest changes goes, then the smallest, until density is left. A gamma of 0 is plain magnitude pruning.',
  formula: 'τ̂ = τ without its largest {gamma}, then without its smallest, until {density} is left',
  paper: 'Davari and Belilovsky 2023, arXiv:2312.06795',
  systems: ['mergekit'],
  params: {
    density: number({ default: 0.5, min: 0, max: 1, step: 0.05, summary: 'share of entries that stay' }),
    gamma: number({ default: 0.01, min: 0, max: 1, step: 0.01, summary: 'share of the largest changes that go' }),
  },
  passes: () => tails.passes,
  prune: (input, out) => tails.sparse(input, 0, out),
})

const tails = withoutOutliers<{ readonly density: number; readonly gamma: number }, unknown>(
  1,
  ({ params }) => params.density,
  ({ params }) => params.gamma,
)
