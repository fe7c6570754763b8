import { isJsonObject, type Json } from '../../shared/json'
import { type Quantity, quantityWords } from '../../shared/quantity'

/** `energies of inputs, Gram matrices`: what statistics hold, in words, each once. Names that are not known stay as they are. */
export function quantityNames(statistics: Json): string {
  const held = isJsonObject(statistics) && Array.isArray(statistics.quantities) ? (statistics.quantities as readonly Json[]) : []
  const isKnown = (name: string): name is Quantity => Object.hasOwn(quantityWords, name)
  return [...new Set(held.map(String).map((name) => (isKnown(name) ? quantityWords[name] : name)))].join(', ')
}
