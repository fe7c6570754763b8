import { randomSparseMethod } from '../kernels/random-sparse'

export default randomSparseMethod({
  name: 'dare-ties',
  title: 'DARE, then TIES',
  summary: 'Drops changes at random, then elects a sign at each place and joins the changes that agree.',
  help: `As *DARE, then add*, with the election and agreement of TIES in place of the plain sum.`,
  paper: 'Yu et al. 2023, arXiv:2311.03099',
  systems: ['dare', 'ties'],
  chances: 'alike',
  elects: true,
  normalize: false,
})
