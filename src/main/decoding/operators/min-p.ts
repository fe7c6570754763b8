import { cutBelowBest } from '../mask'
import { defineOperator } from '../operator'

/** Keeps tokens with p(v) ≥ share · max p; 0 keeps all. Nguyen et al. 2024. */
export default defineOperator(
  {
    name: 'min-p',
    title: 'Keep min-p',
    formula: 'keeps v with p(v) ≥ {share} · max p',
    summary: 'Keeps tokens that are at least a share as likely as the likeliest one.',
    help: 'A plausibility cut: 0 keeps all tokens, 1 only the likeliest (and its equals). Needs no normaliser, so it is the cheapest mask.',
    synonyms: ['min p', 'plausibility', 'truncate', 'mask'],
    family: 'ensemble',
    paper: 'Nguyen et al. 2024, arXiv:2407.01082',
    inputs: { of: { arity: 'one', summary: 'the distribution' } },
    params: {
      share: {
        kind: 'number',
        default: 0.1,
        min: 0,
        max: 1,
        step: 0.01,
        title: 'Share',
        summary: 'of the likeliest token’s probability; 0: all',
      },
    },
    face: 'share',
  },
  {
    apply({ inputs: { of }, params: { share } }, out) {
      const floor = cutBelowBest(of, share)
      for (let v = 0; v < out.values.length; v++) {
        const x = of.values[v] as number
        out.values[v] = x >= floor ? x : -Infinity
      }
      out.touch()
    },
  },
)
