import { defineOperator } from '../operator'
import { mixRows } from '../row'
import { mixtureWeights } from '../weights'

/** P = Σ w_i p_i, in probability space. Weights are divided by their sum; empty: all equal. */
export default defineOperator(
  {
    name: 'linear-mix',
    title: 'Average of models',
    formula: 'p = Σ w_i p_i / Σ w_i, w = {weights}',
    summary: 'Averages the probabilities of several models: a token stays likely if any of them likes it.',
    help: `The mixture **P = Σ wᵢ·pᵢ** of next-token distributions, formed anew for every token.

Use it when each model knows something that the others do not: a model that is sure outvotes one that is unsure. (The product of models is stricter: it keeps only what all of them find likely.)

*Weights* is a list with one number per wire, in the order of the wires; they are divided by their sum. An empty list weighs all alike. All models need the same vocabulary. Each token costs one pass of every model.`,
    synonyms: ['ensemble', 'mixture', 'linear interpolation', 'average', 'mean', 'REPLUG', 'CombLM', 'combine models'],
    family: 'ensemble',
    survey: '4.2',
    systems: ['on-the-fly-fusion', 'comblm'],
    inputs: { models: { arity: 'some', summary: 'the distributions to average' } },
    params: {
      weights: {
        kind: 'json',
        default: [],
        title: 'Weights',
        summary: 'one number per model, in the order of the wires; empty: all equal',
        perWire: { port: 'models', empty: 'equal', fill: 'share' },
      },
    },
    face: 'weights',
  },
  {
    check: (params, counts) => void mixtureWeights(params.weights, counts.models),
    weights: ({ params, counts }) => ({ models: mixtureWeights(params.weights, counts.models) }),
    apply({ inputs: { models }, params }, out) {
      mixRows(models, mixtureWeights(params.weights, models.length), out)
    },
  },
)
