import { kernel } from '../kernel/index'
import { defineOperator } from '../operator'
import { type Moves, movesOf, spread } from '../scatter'
import { uniteVocabularies } from '../union-vocabulary'
import { mixtureWeights } from '../weights'

interface Union {
  readonly moves: readonly Moves[]
  /** one buffer per input, of its own vocabulary's size */
  readonly buffers: readonly Float32Array[]
}

/** GaC: P = Σ w_i M_iᵀ p_i over the union of all token strings. Equal vocabularies: the linear mix. */
export default defineOperator(
  {
    name: 'union-mix',
    title: 'Average across vocabularies (GaC)',
    formula: 'p(s) = Σ w_i p_i(s) / Σ w_i over all strings s of all vocabularies, w = {weights}',
    summary: 'Averages models that cut text into different tokens, on the union of their tokens.',
    help: `Every byte string that is a token of some model becomes a token of the union; each model votes with its own tokens, and the votes are averaged. Whatever is chosen, every model re-reads the text so far in its own tokens, so all stay in step.

*Weights*: one number per wire, empty for all equal. A string that is one token for one model and two for another gets votes from the first only: models with long tokens and models with short ones disagree more than they should. Put a *Gate* before it to ask the others only where the leader is unsure.

Costs one pass of every model a token. No drafter: guesses cannot be checked across vocabularies.`,
    synonyms: ['GaC', 'union vocabulary', 'heterogeneous', 'different tokenizers', 'ensemble', 'mix', 'combine models'],
    family: 'ensemble',
    survey: '4.2',
    paper: 'Yu et al. 2024, arXiv:2406.12585',
    systems: ['gac'],
    result: 'union',
    inputs: { models: { arity: 'some', summary: 'the distributions to average, of any vocabularies' } },
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
    bridge({ models }, _params, { space }) {
      const { vocabulary, maps } = uniteVocabularies(models)
      return { vocabulary, data: { moves: maps.map(movesOf), buffers: models.map(({ size }) => space.row(size).values) } satisfies Union }
    },
    weights: ({ params, counts }) => ({ models: mixtureWeights(params.weights, counts.models) }),
    apply({ inputs: { models }, params, bridge }, out) {
      const { moves, buffers } = bridge as Union
      const weights = mixtureWeights(params.weights, models.length)
      const heard = models.reduce((sum, row, i) => sum + (row.isSilent ? 0 : (weights[i] as number)), 0)
      out.values.fill(0)
      models.forEach((row, i) => {
        if (row.isSilent || weights[i] === 0) return
        const buffer = buffers[i] as Float32Array
        const total = kernel.exponentials(row.values, row.max, 1, buffer)
        spread(buffer, moves[i] as Moves, (weights[i] as number) / heard / total, out.values)
      })
      out.touch(Math.log(kernel.logarithms(out.values)))
    },
  },
)
