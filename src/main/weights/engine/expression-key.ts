import type { WeightsExpression } from '../../../shared/expression'
import { canonicalJson } from '../../../shared/json'

/** What an expression is, apart from the names that people gave its models. */
export const keyOf = (expression: WeightsExpression): string =>
  expression.op === 'load'
    ? expression.model.id
    : canonicalJson(JSON.parse(JSON.stringify(expression, (key, value: unknown) => (key === 'name' ? undefined : value))))
