import { TributaryError } from '../../shared/errors'
import { type DistributionExpression, isLeaf, leavesOf } from '../../shared/expression'
import type { OperatorSpec } from './operator'
import { operators } from './operators'

type Inputs = Readonly<Record<string, DistributionExpression | readonly DistributionExpression[]>>

/** Refuses, before any model is loaded, an operator on distributions that are known to differ in vocabulary. What is not known passes. */
export function checkVocabularies(spec: OperatorSpec, inputs: Inputs): void {
  if (spec.result !== undefined) return
  const parts = Object.entries(inputs).flatMap(([port, input]) => (spec.inputs[port]?.role === 'judge' ? [] : listOf(input)))
  const known = parts.filter((part) => fingerprintOf(part) !== undefined)
  const [first] = known
  const other = known.find((part) => first !== undefined && fingerprintOf(part) !== fingerprintOf(first))
  if (first === undefined || other === undefined) return
  throw new TributaryError(
    'vocabulary-mismatch',
    `${spec.title} needs one vocabulary, but ${nameOf(first)} and ${nameOf(other)} cut text into different tokens.`,
    { hint: 'put “Align vocabulary” before one of them, or average them with “Average across vocabularies”' },
  )
}

/** The vocabulary of an expression as far as its model references say; undefined where they do not. */
function fingerprintOf(expression: DistributionExpression): string | undefined {
  if (isLeaf(expression)) return expression.model.vocabulary
  const { op, inputs } = expression as Exclude<DistributionExpression, { readonly model: unknown }>
  const result = operators.get(op)?.spec.result
  if (result === 'union') return undefined
  const parts = result === undefined ? Object.values(inputs).flatMap(listOf) : listOf(inputs[result])
  return parts.map(fingerprintOf).find((fingerprint) => fingerprint !== undefined)
}

const listOf = (input: Inputs[string] | undefined): readonly DistributionExpression[] =>
  input === undefined ? [] : Array.isArray(input) ? input : [input as DistributionExpression]

const nameOf = (expression: DistributionExpression): string => leavesOf(expression)[0]?.model.name ?? 'an input'
