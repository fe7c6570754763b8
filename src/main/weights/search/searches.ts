import { bayesian } from './bayes'
import { cmaEs } from './cma-es'
import { genetic } from './genetic'
import { goldenSection } from './golden'
import type { Search } from './search'
import { spsa } from './spsa'

/** The searches by name, with what each is good for. */
export const searches = {
  'cma-es': { search: cmaEs, title: 'CMA-ES', summary: 'up to thirty numbers' },
  bayes: { search: bayesian, title: 'Bayesian optimisation', summary: 'up to six numbers, few evaluations' },
  golden: { search: goldenSection, title: 'Golden section', summary: 'one number' },
  genetic: { search: genetic, title: 'Genetic', summary: 'many numbers, losses that jump' },
  spsa: { search: spsa, title: 'SPSA', summary: 'many numbers' },
} as const satisfies Record<string, { search: Search; title: string; summary: string }>

export type SearchName = keyof typeof searches
