import type { DrafterExpression } from '../../../shared/expression'
import type { Json } from '../../../shared/json'
import type { NodeSpec } from '../../../shared/node-spec'
import type { ModelRef } from '../../../shared/value'
import type { DrafterSpec } from '../../decoding/drafter'
import { drafters } from '../../decoding/drafters'
import { paramValues } from '../../decoding/params'
import type { NodeDefinition } from '../../node-runtime'

/** Every drafter as a node (`ngram-drafter`, `model-drafter`, …) that gives a drafter wire. Nothing is computed here. */
export default [...drafters.values()].map(({ spec }): NodeDefinition => {
  return {
    spec: nodeSpecOf(spec),
    run: async ({ inputs, params }) => {
      const { model, ...settings } = params as Readonly<Record<string, unknown>>
      const values = paramValues(spec, settings as Readonly<Record<string, Json>>)
      const drafter: DrafterExpression = {
        drafter: spec.name,
        ...(spec.needsModel ? { model: model as ModelRef } : {}),
        ...(spec.joins ? { of: inputs.drafters as readonly DrafterExpression[] } : {}),
        params: values,
      }
      return { drafter }
    },
  }
})

function nodeSpecOf(spec: DrafterSpec): NodeSpec {
  const { name, title, summary, formula, help, synonyms, paper, systems, params, face, needsModel, joins } = spec
  return {
    type: `${name}-drafter`,
    version: 1,
    title,
    family: 'cooperation',
    summary,
    formula,
    help,
    ...(synonyms && { synonyms }),
    survey: '5.1.2',
    ...(paper && { paper }),
    ...(systems && { systems }),
    inputs: joins ? { drafters: { wire: 'drafter', arity: 'some', summary: 'the drafters to choose from' } } : {},
    outputs: { drafter: { wire: 'drafter', summary: 'for the drafter port of a decoder or a language model' } },
    params: needsModel
      ? {
          model: { kind: 'model', default: null, needs: 'distribution', summary: 'a small model with the vocabulary of the target' },
          ...params,
        }
      : params,
    effect: 'pure',
    resource: 'cpu',
    ...(needsModel ? { face: 'model' } : face ? { face } : {}),
  }
}
