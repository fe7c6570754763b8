import { electedBalance } from '../kernels/consensus'
import { mergeSparse, prunedOf } from '../kernels/merge-sparse'
import { byMagnitude, densityOf } from '../kernels/sparsify'
import { boolean, choice, defineMergeMethod, number, type Pass, weightOf } from '../method'
import { keptShare, rescaled, trimScope } from '../trimming'

export default defineMergeMethod({
  name: 'ties',
  title: 'TIES',
  summary: 'Trims small changes, elects a sign at each place, joins the changes that agree.',
  help: `Each task vector keeps its largest entries (*density*); at each position the heavier sign wins; the entries of that sign are averaged. It helps where models pull in opposite directions. The paper trims over the whole model (*scope*); MergeKit trims each tensor.`,
  formula:
    'θ* = base + {scale} · Σ w_i [sign τ̂_i = s] τ̂_i{normalize? / Σ w_i [sign τ̂_i = s]}, w = {weight}\nτ̂_i: the largest {density} of θ_i − base{rescale?, times Σ |θ_i − base| / Σ |τ̂_i|}; s = sign Σ w_i τ̂_i',
  paper: 'Yadav et al. 2023, arXiv:2306.01708',
  systems: ['ties'],
  base: 'required',
  models: { min: 1 },
  of: 'deltas',

  params: {
    scale: number({ default: 1, min: -10, max: 10, step: 0.05, summary: 'one factor for the merged difference (λ)' }),
    normalize: boolean({ default: true, summary: 'divide by the weights that take part' }),
    scope: trimScope,
    rescale: rescaled,
    vote: choice({
      default: 'sum',
      summary: 'how a sign is elected',
      options: [
        { value: 'sum', title: 'by weight of the changes' },
        { value: 'count', title: 'by number of models' },
      ],
    }),
    join: choice({
      default: 'mean',
      summary: 'how agreeing changes join',
      options: [
        { value: 'mean', title: 'their mean (or sum)' },
        { value: 'max', title: 'the largest' },
      ],
    }),
    zeroSign: choice({
      default: 'positive',
      title: 'Sign of a draw',
      summary: 'which sign wins where the votes cancel',
      options: [
        { value: 'positive', title: 'plus' },
        { value: 'majority', title: 'the one that wins at more places (the authors’ code)' },
      ],
    }),
  },
  perModel: {
    weight: weightOf(1),
    density: keptShare,
  },

  passes({ params, perModel }) {
    const sparsifier = trimming(params, perModel.length)
    const balance: Pass<Params, PerModel> = {
      scope: params.scope,
      size: 1,
      measure(input, into) {
        into[0] = electedBalance(prunedOf(input, sparsifier), weightsOf(input.perModel), input.params.vote)
      },
    }
    return params.zeroSign === 'majority' ? [...sparsifier.passes, balance] : sparsifier.passes
  },
  combine(input, out) {
    const { params, perModel, known } = input
    const sparsifier = trimming(params, perModel.length)
    const draw = params.zeroSign === 'majority' && (known[sparsifier.passes.length]?.[0] ?? 0) < 0 ? { tie: -1 as const } : {}
    mergeSparse(
      input,
      sparsifier,
      {
        weights: weightsOf(perModel),
        scale: params.scale,
        consensus: { vote: params.vote, join: params.join, ...draw },
        normalize: params.normalize,
        owner: 'TIES',
      },
      out,
    )
  },
})

const trimming = ({ scope, rescale }: Pick<Params, 'scope' | 'rescale'>, models: number) =>
  byMagnitude<Params, PerModel>(scope, models, densityOf, rescale)

const weightsOf = (perModel: readonly PerModel[]): number[] => perModel.map(({ weight }) => weight)

interface Params {
  readonly scope: 'tensor' | 'model'
  readonly rescale: boolean
  readonly vote: 'sum' | 'count'
}

interface PerModel {
  readonly weight: number
  readonly density: number
}
