import type { WeightsExpression } from '../../../shared/expression'

/** What a person would call it. */
export function titleOf(expression: WeightsExpression): string {
  switch (expression.op) {
    case 'load':
      return expression.model.name
    case 'delta':
      return `${titleOf(expression.tuned)} − ${titleOf(expression.base)}`
    case 'prune':
      return `${titleOf(expression.of)}, pruned`
    case 'merge':
      return `${expression.method} of ${expression.models.length}`
    case 'stack':
      return 'stacked layers'
    default:
      return 'weights'
  }
}
