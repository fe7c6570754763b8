import { isJsonObject, type Json } from '../../shared/json'

/**
 * An expression on a `distribution` or `weights` wire in words: `linear mix of toy-math, (toy-facts − toy-base)`. Empty where it is none.
 * Never trusts the shape: previews are cut, and results of other versions may hold what is not known here.
 */
export const describeExpression = (data: Json, depth = 0): string => {
  if (!isJsonObject(data) || typeof data.op !== 'string') return ''
  if (depth > deepest) return '…'
  const inner = (part: Json | undefined) => (part === undefined ? '' : within(part, depth + 1))
  if (isJsonObject(data.model) && typeof data.model.name === 'string') return data.model.name
  if (data.op === 'delta') return `${inner(data.tuned)} − ${inner(data.base)}`
  const name = words(typeof data.method === 'string' ? data.method : typeof data.pruner === 'string' ? data.pruner : data.op)
  const parts = partsOf(data)
    .map((part) => inner(isJsonObject(part) && part.weights !== undefined ? part.weights : part))
    .filter((part) => part !== '')
  return parts.length === 0 ? name : `${name} of ${parts.join(', ')}`
}

/** as deep as a card has room for */
const deepest = 3

function within(part: Json, depth: number): string {
  const said = describeExpression(part, depth)
  return said.includes(' ') ? `(${said})` : said
}

/** Whatever an operation is made of, in the order in which it names it. */
const partsOf = (data: { readonly [name: string]: Json }): readonly Json[] =>
  [...(isJsonObject(data.inputs) ? Object.values(data.inputs) : []), data.models, data.sources, data.shared, data.experts, data.of]
    .flat()
    .filter((part) => part !== undefined)

const words = (name: string): string => name.replaceAll('-', ' ')
