import type { WeightsExpression } from '../../../shared/expression'
import type { RunContext } from '../../node-runtime'
import type { AnyMethod } from '../../weights/method'

/**
 * The base, for methods that have a use for one. A method is changed oftener than its wires: with any other the base stays wired, counts for nothing, and the
 * person is told.
 */
export function usedBase(method: AnyMethod, base: WeightsExpression | undefined, context: RunContext): WeightsExpression | undefined {
  if (base === undefined || method.base !== 'none') return base
  context.warn(`${method.title} makes no use of the base: it is left out.`)
  return undefined
}
