import { entropy } from '../distribution'
import { keepOnly } from '../mask'
import { defineOperator } from '../operator'

/** Keeps the tokens whose surprise is nearest to the entropy, up to a mass; 1 keeps all. Meister et al. 2022. */
export default defineOperator(
  {
    name: 'typical',
    title: 'Keep typical',
    formula: 'keeps the tokens with the least |−log p(v) − H(p)|, until Σ p ≥ {mass}',
    summary: 'Keeps tokens that are about as surprising as the model expects to be.',
    help: 'Locally typical sampling: tokens are taken in order of |−log p − entropy| until their mass reaches the share. It drops the tail, and also a too obvious best token where the model is unsure. 1 keeps all.',
    synonyms: ['typical sampling', 'locally typical', 'truncate', 'mask'],
    family: 'ensemble',
    paper: 'Meister et al. 2022, arXiv:2202.00666',
    inputs: { of: { arity: 'one', summary: 'the distribution' } },
    params: {
      mass: {
        kind: 'number',
        default: 0.95,
        min: 0.01,
        max: 1,
        step: 0.01,
        title: 'Mass',
        summary: 'share of the mass that stays; 1: all',
      },
    },
    face: 'mass',
  },
  {
    apply({ inputs: { of }, params: { mass } }, out) {
      if (mass >= 1) {
        out.values.set(of.values)
        out.touch()
        return
      }
      const expected = entropy(of)
      const distance = of.values.map((x) => (x === -Infinity ? Infinity : Math.abs(of.logZ - x - expected)))
      const order = Int32Array.from(distance.keys()).sort((a, b) => (distance[a] as number) - (distance[b] as number) || a - b)
      let kept = 0
      for (let sum = 0; kept < order.length && sum < mass - 1e-9; kept++) sum += Math.exp(of.logprob(order[kept] as number))
      keepOnly(order.subarray(0, kept), of, out)
    },
  },
)
