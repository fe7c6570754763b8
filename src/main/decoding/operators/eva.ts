import { topK } from '../distribution'
import { Kept } from '../embedding/kept'
import { type MeaningMap, makeMeaningMap } from '../embedding/meaning-map'
import { kernel } from '../kernel/index'
import { defineOperator } from '../operator'

interface Projection {
  readonly map: MeaningMap
  readonly buffer: Float32Array
}

/** less likely tokens are not worth comparing: what they have of partners of the same text counts all the same */
const leastProbability = 1e-3

const kept = new Kept<MeaningMap>(3)

/** EVA: p' = Sᵀ p, S from the two models' embeddings of their tokens, turned onto each other. Xu et al. 2024. */
export default defineOperator(
  {
    name: 'eva',
    title: 'Align vocabulary by meaning (EVA)',
    formula:
      "p'(v) = Σ_u S(u, v) p(u) over the {k} likeliest u{scaled?, S(u, ·) divided by its sum}; divided by its sum\nS: likeness of embeddings turned onto each other, the {partners} nearest of each{ownFirst?, of one with equal text that alone}",
    summary: 'Reads one model’s distribution in the tokens of another, by what the tokens mean to each model.',
    help: `Like *Align vocabulary*, but a token without a partner of the same text goes to those tokens that mean most nearly the same: the two models’ tables of embeddings are turned onto each other by the tokens that both have (Procrustes), and nearness is a cosine that is corrected for tokens near to everything (CSLS). Each token keeps at most *partners* others, and only those that are like it by 0.1 or more.

- *Equal text first*: a token with a partner of the same text goes there alone. Off, as in the paper, it is spread over its neighbours too; slower, and it blurs what is known exactly.
- *Scale rows*: the shares of a token’s partners add up to one. Off, as in the published code, a token with many partners counts several times.

Then average with *Linear mix*, or with *Average of those that agree*, which leaves out a model that nobody supports. The first run with two models compares their tables (seconds for real vocabularies; it says how far it is, and Stop ends it) and keeps the result on disk; a token’s row is made when it is first likely. Needs a hundred shared tokens; whitening and re-weighting of the original are left out.`,
    synonyms: ['EVA', 'vocabulary', 'projection', 'embedding', 'Procrustes', 'VecMap', 'CSLS', 'heterogeneous', 'different tokenizers'],
    family: 'ensemble',
    survey: '4.2',
    paper: 'Xu et al. 2024, arXiv:2404.09492',
    systems: ['eva'],
    result: 'like',
    inputs: {
      of: { arity: 'one', summary: 'the distribution to read in other tokens' },
      like: { arity: 'one', summary: 'a distribution that has the tokens wanted', lazy: true },
    },
    params: {
      ownFirst: {
        kind: 'boolean',
        default: true,
        title: 'Equal text first',
        summary: 'a token with a partner of the same text goes there alone',
      },
      partners: {
        kind: 'number',
        default: 10,
        min: 1,
        max: 50,
        integer: true,
        title: 'Partners',
        summary: 'most alike tokens kept for each',
      },
      k: {
        kind: 'number',
        default: 320,
        min: 1,
        max: 1000,
        integer: true,
        title: 'k',
        summary: 'so many of the likeliest tokens are read',
        advanced: true,
      },
      scaled: {
        kind: 'boolean',
        default: true,
        title: 'Scale rows',
        summary: 'shares of a token’s partners add up to one',
        advanced: true,
      },
    },
    face: 'ownFirst',
  },
  {
    async bridge({ of, like }, { ownFirst, partners }, { space, embeddings, work, derived }) {
      const [from, to] = [of[0], like[0]]
      const tables = [embeddings.of[0]?.(), embeddings.like[0]?.()]
      if (!from || !to || !tables[0] || !tables[1]) throw new Error('eva has two inputs')
      const pair = [tables[0], tables[1]] as const
      const key = JSON.stringify([pair[0].key, pair[1].key, ownFirst, partners])
      const request = { from, to, tables: pair, ownFirst, keep: partners, least: 0.1, work, derived }
      const map = await kept.get(key, () => makeMeaningMap(request), work.signal)
      return { vocabulary: to, data: { map, buffer: space.row(from.size).values } satisfies Projection }
    },
    apply({ inputs: { of }, params: { k, scaled }, bridge }, out) {
      const { map, buffer } = bridge as Projection
      out.isSilent = of.isSilent
      if (of.isSilent) return
      out.values.fill(0)
      const total = kernel.exponentials(of.values, of.max, 1, buffer)
      for (const token of topK(of.values, k)) {
        const p = (buffer[token] as number) / total
        const { tokens, likeness } = map.partners(token, p >= leastProbability)
        const scale = scaled ? likeness.reduce((sum, x) => sum + x, 0) : 1
        tokens.forEach((partner, i) => {
          out.values[partner] = (out.values[partner] as number) + (p * (likeness[i] as number)) / scale
        })
      }
      kernel.logarithms(out.values)
      out.touch()
      out.isSilent = out.max === -Infinity
    },
  },
)
