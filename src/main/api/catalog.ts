import type { Handlers } from '../../shared/api'
import type { House } from './house'
import { templateCards, templateEntries } from './templates'

/** What there is to build with: node specs, templates, and the published systems that they realise. */
export function catalogHandlers(
  house: House,
): Pick<Handlers, 'catalog.specs' | 'catalog.systems' | 'templates.list' | 'templates.document'> {
  return {
    'catalog.specs': () => [...house.specs.values()],
    // with every demonstration: loaded when the page is opened
    'catalog.systems': async () => (await import('../systems/table')).systemRows(house, await templateEntries()),
    'templates.list': () => templateCards(house),
    'templates.document': ({ id, real }) => house.template(id, real),
  }
}
