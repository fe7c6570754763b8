import { topK } from '../distribution'
import { keepOnly } from '../mask'
import { defineOperator } from '../operator'

/** Keeps the k likeliest tokens; 0 keeps all. Ties go to the smaller token. Fan et al. 2018. */
export default defineOperator(
  {
    name: 'top-k',
    title: 'Keep top-k',
    formula: 'keeps the {k} likeliest tokens (0: all)',
    summary: 'Keeps only the k likeliest tokens of a distribution.',
    help: 'All other tokens become impossible. 0 keeps all, 1 leaves only the likeliest. Put it on one arm of an ensemble to let only that arm’s best guesses take part.',
    synonyms: ['truncate', 'top k', 'mask'],
    family: 'ensemble',
    paper: 'Fan et al. 2018, arXiv:1805.04833',
    inputs: { of: { arity: 'one', summary: 'the distribution' } },
    params: {
      k: { kind: 'number', default: 40, min: 0, max: 100000, step: 1, integer: true, title: 'k', summary: 'how many tokens stay; 0: all' },
    },
    face: 'k',
  },
  {
    apply({ inputs: { of }, params: { k } }, out) {
      if (k === 0) {
        out.values.set(of.values)
        out.touch()
      } else keepOnly(topK(of.values, k), of, out)
    },
  },
)
