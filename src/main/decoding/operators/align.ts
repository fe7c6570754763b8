import { topK } from '../distribution'
import { kernel } from '../kernel/index'
import { NearestToken } from '../nearest-token'
import { defineOperator } from '../operator'
import { idsByPiece, keyOf } from '../retokeniser'
import { scatter } from '../scatter'
import type { Vocabulary } from '../source'
import { mapInto } from '../union-vocabulary'

interface Alignment {
  readonly map: Int32Array
  readonly nearest: NearestToken
  readonly from: Vocabulary
  readonly buffer: Float32Array
}

/** One model's distribution on another's tokens: p' = Sᵀ p, renormalised. exact: equal bytes. nearest: also, for the k likeliest, the least edit distance. */
export default defineOperator(
  {
    name: 'align',
    title: 'Align vocabulary',
    formula:
      "p'(v) = Σ_u S(u, v) p(u), divided by its sum\nS(u, v) = 1 where u and v stand for the same bytes (nearest: or v is the nearest text of one of the {k} likeliest u that has no such v)",
    summary: 'Reads one model’s distribution in the tokens of another, so that the two can meet.',
    help: `Moves the probability of every token to the token with the same bytes in the other vocabulary; what has no partner is dropped and the rest scaled up. The model itself follows the text that is written in its own tokens.

- **equal text** (Fu 2023; the exact map of PackLLM and EVA): strings that both have.
- **nearest text** (FuseLLM’s minimum edit distance): the *k* likeliest tokens without a partner go to the token that differs in the fewest characters.

After it, any operator works: an average, a contrast, an offset. Connect *like* to the distribution whose tokens are wanted; it is only looked at.`,
    synonyms: [
      'vocabulary',
      'tokenizer',
      'MinED',
      'FuseLLM',
      'minimum edit distance',
      'projection',
      'exact match',
      'map tokens',
      'heterogeneous',
    ],
    family: 'ensemble',
    survey: '4.2',
    paper: 'Fu et al. 2023, arXiv:2301.12726; Wan et al. 2024, arXiv:2401.10491',
    systems: ['token-alignment-dp', 'token-alignment-mined'],
    result: 'like',
    inputs: {
      of: { arity: 'one', summary: 'the distribution to read in other tokens' },
      like: { arity: 'one', summary: 'a distribution that has the tokens wanted', lazy: true },
    },
    params: {
      by: {
        kind: 'choice',
        default: 'exact',
        title: 'Partner',
        summary: 'which token stands for another',
        options: [
          { value: 'exact', title: 'equal text' },
          { value: 'nearest', title: 'nearest text' },
        ],
      },
      k: {
        kind: 'number',
        default: 10,
        min: 1,
        max: 320,
        step: 1,
        integer: true,
        title: 'k',
        summary: 'so many of the likeliest tokens look for their nearest partner',
        when: { param: 'by', in: ['nearest'] },
      },
    },
    face: 'by',
  },
  {
    bridge({ of, like }, _params, { space }) {
      const [from] = of as [Vocabulary]
      const [to] = like as [Vocabulary]
      const map = mapInto(from, idsByPiece(to), to.endTokens[0])
      return { vocabulary: to, data: { map, nearest: new NearestToken(to), from, buffer: space.row(from.size).values } satisfies Alignment }
    },
    apply({ inputs: { of }, params: { by, k }, bridge }, out) {
      const { map, nearest, from, buffer } = bridge as Alignment
      out.isSilent = of.isSilent
      if (of.isSilent) return
      out.values.fill(0)
      const total = kernel.exponentials(of.values, of.max, 1, buffer)
      scatter(buffer, map, 1 / total, out.values)
      if (by === 'nearest') {
        for (const token of topK(of.values, k)) {
          if ((map[token] as number) >= 0 || from.pieceBytes(token).length === 0) continue
          const partner = nearest.find(keyOf(from.pieceBytes(token)))
          if (partner >= 0) out.values[partner] = (out.values[partner] as number) + (buffer[token] as number) / total
        }
      }
      out.touch(Math.log(kernel.logarithms(out.values)))
      out.isSilent = out.max === -Infinity // nothing of it can be said in the other's tokens
    },
  },
)
