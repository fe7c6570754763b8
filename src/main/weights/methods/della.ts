import { randomSparseMethod } from '../kernels/random-sparse'

export default randomSparseMethod({
  name: 'della',
  title: 'DELLA',
  summary: 'Drops changes at random, small ones more often, then elects signs and joins.',
  help: `Within each row the chance to stay rises with the rank of magnitude from *density* − ε to *density* + ε; survivors are divided by their chance. Then signs are elected as in TIES.`,
  paper: 'Deep et al. 2024, arXiv:2406.11617',
  systems: ['della'],
  chances: 'by rank',
  elects: true,
  normalize: true,
})
