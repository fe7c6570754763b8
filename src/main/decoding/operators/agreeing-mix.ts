import { argmax, topK } from '../distribution'
import { defineOperator } from '../operator'
import { mixRows } from '../row'

/** EVA's filter: the plain average of those members whose favourite another member holds likely. Xu et al. 2024. */
export default defineOperator(
  {
    name: 'agreeing-mix',
    title: 'Average of those that agree',
    formula: 'p = mean of the p_i whose favourite is among the {k} likeliest of another; of all where none is',
    summary: 'Averages only the models whose favourite token some other model also holds likely.',
    help: `At each token a model counts if its likeliest token is among the *k* likeliest of at least one other model; those that count are averaged, all alike. If none counts, all do. One model that strays is left out at that token without weights or training.

With two models it is the plain average wherever they are near each other, and wherever both stray. It needs one vocabulary: put *Align vocabulary by meaning* or *Align vocabulary* before the others.`,
    synonyms: ['EVA', 'filter', 'drop', 'agreement', 'outlier', 'vote', 'consensus', 'ensemble'],
    family: 'ensemble',
    survey: '4.2',
    paper: 'Xu et al. 2024, arXiv:2404.09492',
    systems: ['eva'],
    inputs: { models: { arity: 'some', summary: 'the distributions to average' } },
    params: {
      k: {
        kind: 'number',
        default: 3,
        min: 1,
        max: 100,
        integer: true,
        title: 'k',
        summary: 'a favourite is supported when it is among so many of another model’s likeliest',
      },
    },
    face: 'k',
  },
  {
    apply({ inputs: { models }, params: { k } }, out) {
      const heard = models.map((row, i) => ({ row, i })).filter(({ row }) => !row.isSilent && row.max > -Infinity)
      const heads = heard.map(({ row }) => topK(row.values, k))
      const agreeing = heard.filter(({ row }, a) => heads.some((head, b) => a !== b && head.includes(argmax(row.values))))
      const chosen = new Set((agreeing.length > 0 ? agreeing : heard).map(({ i }) => i))
      out.isSilent = heard.length === 0
      if (out.isSilent) return
      mixRows(
        models,
        models.map((_, i) => (chosen.has(i) ? 1 / chosen.size : 0)),
        out,
      )
    },
  },
)
