import { TributaryError } from '../../shared/errors'
import { type DistributionExpression, leavesOf } from '../../shared/expression'
import type { OperatorSpec } from './operator'

type Inputs = Readonly<Record<string, DistributionExpression | readonly DistributionExpression[]>>

/** Refuses, before any model is loaded, an operator on models that are known to differ in vocabulary. Models whose vocabulary is not known pass. */
export function checkVocabularies(spec: OperatorSpec, inputs: Inputs): void {
  const leaves = Object.values(inputs)
    .flatMap((input) => (Array.isArray(input) ? input : [input]) as DistributionExpression[])
    .flatMap(leavesOf)
  const known = leaves.filter(({ model }) => model.vocabulary !== undefined)
  const [first] = known
  const other = known.find(({ model }) => model.vocabulary !== first?.model.vocabulary)
  if (first === undefined || other === undefined) return
  throw new TributaryError(
    'vocabulary-mismatch',
    `${spec.title} needs one vocabulary, but ${first.model.name} and ${other.model.name} cut text into different tokens.`,
    { hint: 'use models of one family, or bring them together with a node that aligns vocabularies' },
  )
}
