import type { DistributionExpression } from '../../shared/expression'
import { isLeaf } from '../../shared/expression'
import type { ModelRef } from '../../shared/value'

/**
 * A mixture of experts may be asked with another number of experts than its file says: the host loads the file once more under an id of its own, with that one
 * number changed. Its pages are shared, since files are mapped into memory.
 */
const pattern = /#experts=(\d{1,4})$/

const variantOf = (model: ModelRef, experts: number): ModelRef => ({
  ...model,
  id: `${model.id}#experts=${experts}`,
  name: `${model.name}, ${experts} ${experts === 1 ? 'expert' : 'experts'}`,
})

/** The experts that an id asks for; undefined: as many as the file says. */
export function expertsOf(id: string): number | undefined {
  const found = pattern.exec(id)?.[1]
  return found === undefined ? undefined : Number(found)
}

/** The id of the file's model, whatever the number of experts. */
export const fileIdOf = (id: string): string => id.replace(pattern, '')

/** Every leaf that asks for a number of experts now names a model of its own. */
export function nameVariants(expression: DistributionExpression): DistributionExpression {
  if (isLeaf(expression)) {
    const { experts, ...leaf } = expression
    return experts === undefined ? expression : { ...leaf, model: variantOf(leaf.model, experts) }
  }
  const { inputs, ...operator } = expression as Extract<DistributionExpression, { readonly inputs: unknown }>
  const renamed = Object.entries(inputs).map(([port, input]) => [
    port,
    Array.isArray(input) ? input.map(nameVariants) : nameVariants(input as DistributionExpression),
  ])
  return { ...operator, inputs: Object.fromEntries(renamed) }
}
