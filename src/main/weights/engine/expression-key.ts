import type { WeightsExpression } from '../../../shared/expression'
import { sha256, valueText } from '../../../shared/hash'
import { canonicalJson } from '../../../shared/json'

/** What an expression is, apart from the names that people gave its models. */
export const keyOf = (expression: WeightsExpression): string =>
  expression.op === 'load'
    ? expression.model.id
    : canonicalJson(JSON.parse(JSON.stringify(expression, (key, value: unknown) => (key === 'name' ? undefined : value))))

/** The hash that it has on a wire: an error tells by it which step is to blame. */
export const wireHash = (expression: WeightsExpression): string => sha256(valueText('weights', false, canonicalJson(expression)))
