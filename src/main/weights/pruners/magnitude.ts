import { byMagnitude } from '../kernels/sparsify'
import { choice, definePruner, number } from '../method'

export default definePruner({
  name: 'magnitude',
  title: 'Keep the largest',
  summary: 'Keeps the share of changes with the largest magnitude, zeroes the rest.',
  help: 'The trimming step of TIES. The paper keeps a density of 0.2. Ties keep the lower position. Density 1 keeps all, 0 keeps nothing.',
  formula: 'τ̂ = τ where |τ| is among the largest {density}, else 0',
  paper: 'Yadav et al. 2023, arXiv:2306.01708',
  systems: ['ties'],
  params: {
    density: number({ default: 0.5, min: 0, max: 1, step: 0.05, summary: 'share of entries that stay' }),
    scope: choice({
      default: 'model',
      summary: 'what the share is of',
      options: [
        { value: 'model', title: 'the whole model' },
        { value: 'tensor', title: 'each tensor' },
      ],
    }),
  },
  passes: ({ params }) => order(params).passes,
  prune: (input, out) => order(input.params).sparse(input, 0, out),
})

const order = ({ scope }: { readonly scope: 'model' | 'tensor' }) =>
  byMagnitude<{ readonly density: number }, unknown>(scope, 1, ({ params }) => params.density)
