import { defineDemonstration } from '../demonstration'
import { sparseMerge } from '../sparse'

export default defineDemonstration({
  system: 'ties',
  title: 'TIES trims, elects signs and joins',
  expected:
    'Half of both task vectors is trimmed, and the merge reaches 75 % of facts and 80 % of sums: more sums than the plain average solves, though it may know fewer facts. Trimming leaves a trace in the loss.',
  run: (context) => sparseMerge(context, { method: 'ties', densities: '0.5' }, { facts: 0.75, math: 0.8 }),
})
