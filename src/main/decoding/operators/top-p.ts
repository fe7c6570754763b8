import { nucleus } from '../distribution'
import { keepOnly } from '../mask'
import { defineOperator } from '../operator'

/** Keeps the smallest set of likeliest tokens whose mass reaches p; 1 keeps all. Holtzman et al. 2020. */
export default defineOperator(
  {
    name: 'top-p',
    title: 'Keep top-p',
    formula: 'keeps the smallest set of likeliest tokens with Σ p ≥ {p}',
    summary: 'Keeps the likeliest tokens of a distribution up to a share of its mass.',
    help: 'The nucleus: the fewest likeliest tokens whose probabilities sum to at least the share. 1 keeps all. When a model is sure few tokens stay, when it is unsure many.',
    synonyms: ['nucleus', 'top p', 'truncate', 'mask'],
    family: 'ensemble',
    paper: 'Holtzman et al. 2020, arXiv:1904.09751',
    inputs: { of: { arity: 'one', summary: 'the distribution' } },
    params: {
      p: { kind: 'number', default: 0.9, min: 0.01, max: 1, step: 0.01, title: 'Mass', summary: 'share of the mass that stays; 1: all' },
    },
    face: 'p',
  },
  {
    apply({ inputs: { of }, params: { p } }, out) {
      if (p >= 1) {
        out.values.set(of.values)
        out.touch()
      } else keepOnly(nucleus(of, p), of, out)
    },
  },
)
