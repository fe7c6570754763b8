import { defineOperator } from '../operator'
import { multiplyRows } from '../row'
import { listOfNumbers } from '../weights'

/** P ∝ Π p_i^{w_i} = softmax(Σ w_i z_i): normalisers cancel. Empty weights: 1/k each. Negative weights are allowed and weights need not sum to 1. */
export default defineOperator(
  {
    name: 'log-linear-mix',
    title: 'Product of models',
    formula: 'p ∝ Π p_i^w_i = softmax(Σ w_i z_i), w = {weights}',
    summary: 'Multiplies the probabilities of several models: a token stays likely only if all of them like it.',
    help: `The weighted geometric mean **P ∝ Π pᵢ^wᵢ**: a token that one model rules out is out.

Use it to demand agreement: the mean of a strong and a trusted model, of an expert and a style, of a task model and a translator. Weights need not sum to 1 (more sharpens) and may be negative (a model to move away from; for that, *Contrast* and *Offset* are safer because they mask).

*Weights* is a list with one number per wire, in the order of the wires; an empty list weighs all alike, 1/k each. All models need the same vocabulary. Each token costs one pass of every model.`,
    synonyms: ['product of experts', 'geometric mean', 'ensemble', 'log-linear interpolation', 'logit average', 'combine models'],
    family: 'ensemble',
    survey: '4.2',
    systems: ['on-the-fly-fusion'],
    inputs: { models: { arity: 'some', summary: 'the distributions to multiply' } },
    params: {
      weights: {
        kind: 'json',
        default: [],
        title: 'Weights',
        summary: 'one number per model, in the order of the wires; empty: 1/k each',
        perWire: { port: 'models', empty: 'equal', fill: 'share' },
      },
    },
    face: 'weights',
  },
  {
    check: (params, counts) => void listOfNumbers(params.weights, counts.models, 'weights'),
    weights({ params, counts }) {
      const given = listOfNumbers(params.weights, counts.models, 'weights')
      return { models: given.length === 0 ? Array.from({ length: counts.models }, () => 1 / counts.models) : given }
    },
    apply({ inputs: { models }, params }, out) {
      const given = listOfNumbers(params.weights, models.length, 'weights')
      multiplyRows(models, given.length === 0 ? models.map(() => 1 / models.length) : given, out)
    },
  },
)
