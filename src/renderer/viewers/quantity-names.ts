import { isJsonObject, type Json } from '../../shared/json'
import type { quantities } from '../../shared/quantity'

const names: { readonly [quantity in (typeof quantities)[number]]: string } = {
  energy: 'energies of inputs',
  mean: 'means of inputs',
  gram: 'Gram matrices',
  features: 'features',
  outMean: 'means of outputs',
  outVariance: 'variances of outputs',
  fisher: 'Fisher diagonals',
  units: 'masks of units',
  heads: 'masks of heads',
  scale: 'scales of rows',
  shift: 'shifts of biases',
  map: 'linear maps',
  loraA: 'low-rank adapter',
  loraB: 'low-rank adapter',
}

/** `energies of inputs, Gram matrices`: what statistics hold, in words, each once. Names that are not known stay as they are. */
export function quantityNames(statistics: Json): string {
  const held = isJsonObject(statistics) && Array.isArray(statistics.quantities) ? (statistics.quantities as readonly Json[]) : []
  const isKnown = (name: string): name is keyof typeof names => Object.hasOwn(names, name)
  return [...new Set(held.map(String).map((name) => (isKnown(name) ? names[name] : name)))].join(', ')
}
