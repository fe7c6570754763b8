import { refuse } from '../settings'
import { bayesian } from './bayes'
import { cmaEs } from './cma-es'
import { even } from './even'
import { genetic } from './genetic'
import { goldenSection } from './golden'
import type { Search, Space } from './search'
import { spsa } from './spsa'

/** The searches by name, with what each is good for. */
export const searches = {
  'cma-es': { search: cmaEs, title: 'CMA-ES', summary: 'up to thirty numbers' },
  bayes: { search: bayesian, title: 'Bayesian optimisation', summary: 'up to six numbers, few evaluations' },
  golden: { search: goldenSection, title: 'Golden section', summary: 'one number' },
  genetic: { search: genetic, title: 'Genetic', summary: 'many numbers, losses that jump' },
  even: { search: even, title: 'Evenly', summary: 'a grid of one number, or draws of several: to see the whole' },
  spsa: { search: spsa, title: 'SPSA', summary: 'many numbers' },
} as const satisfies Record<string, { search: Search; title: string; summary: string }>

export type SearchName = keyof typeof searches

/** The search of this name. Throws `weights-parameter` for a space that it cannot search. */
export function searchFor(name: SearchName, { low, high }: Space): Search {
  const turned = low.findIndex((least, i) => least > (high[i] as number))
  if (turned >= 0) refuse('A search', `has a least value of ${low[turned]} and a largest of ${high[turned]}`, 'Turn them round.')
  if (name === 'golden' && low.length !== 1)
    refuse('Golden section', `searches one number, and here there are ${low.length}`, 'Choose CMA-ES or Bayesian optimisation.')
  return searches[name].search
}
