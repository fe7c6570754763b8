import { defineDemonstration } from '../demonstration'
import { sparseMerge } from '../sparse'

export default defineDemonstration({
  system: 'della',
  title: 'DELLA drops small changes more often and keeps both skills',
  expected:
    'Of both task vectors a third of all changes is dropped, and the merge still reaches 80 % of facts and 80 % of sums: more sums than the plain average solves, though it may know fewer facts. Dropping leaves a trace in the loss.',
  run: (context) => sparseMerge(context, { method: 'della-linear', densities: '0.7', scale: 0.8 }, { facts: 0.8, math: 0.8 }),
})
