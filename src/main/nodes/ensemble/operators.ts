import type { DistributionExpression } from '../../../shared/expression'
import type { Json } from '../../../shared/json'
import type { InputPort, NodeSpec } from '../../../shared/node-spec'
import { checkVocabularies } from '../../decoding/check-vocabularies'
import type { OperatorSpec } from '../../decoding/operator'
import { operators } from '../../decoding/operators'
import { paramValues } from '../../decoding/params'
import type { NodeDefinition } from '../../node-runtime'

/** Every decoding operator as a node: its inputs are distribution wires, its output the expression with the operator on top. Nothing is computed here. */
export default [...operators.values()].map(({ spec, work }): NodeDefinition => {
  return {
    spec: nodeSpecOf(spec),
    run: async ({ inputs, params }) => {
      const wired = Object.fromEntries(Object.entries(inputs).filter(([, input]) => input !== undefined)) as Expressions
      const values = paramValues(spec, params as Readonly<Record<string, Json>>)
      const counts = Object.fromEntries(Object.keys(spec.inputs).map((port) => [port, listOf(wired[port]).length]))
      work.check?.(values, counts)
      checkVocabularies(spec, wired)
      return { distribution: { op: spec.name, inputs: wired, params: values } }
    },
  }
})

type Expressions = Readonly<Record<string, DistributionExpression | readonly DistributionExpression[]>>

const listOf = (input: Expressions[string] | undefined): readonly DistributionExpression[] =>
  input === undefined ? [] : Array.isArray(input) ? input : [input as DistributionExpression]

function nodeSpecOf(spec: OperatorSpec): NodeSpec {
  const { name, title, family, summary, formula, help, synonyms, survey, paper, systems, params, face } = spec
  return {
    type: `op-${name}`,
    version: 1,
    title,
    family,
    summary,
    formula,
    help,
    ...(synonyms && { synonyms }),
    ...(survey && { survey }),
    ...(paper && { paper }),
    ...(systems && { systems }),
    inputs: Object.fromEntries(
      Object.entries(spec.inputs).map(([port, input]): [string, InputPort] => [
        port,
        { wire: 'distribution', arity: input.arity, summary: input.summary },
      ]),
    ),
    outputs: { distribution: { wire: 'distribution', summary: 'the distribution that comes out' } },
    params,
    effect: 'pure',
    resource: 'cpu',
    ...(face && { face }),
  }
}
