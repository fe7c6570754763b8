import { type AnyMethod, boolean, choice, defineMergeMethod, number, weightOf } from '../method'
import { mergeSparse } from './merge-sparse'
import { atRandom, byRankAtRandom, checkWindow, densityOf, type RankUnit, type Rescale } from './sparsify'

/** What DARE and DELLA, with and without TIES, differ in. */
export interface RandomSparse extends Pick<AnyMethod, 'name' | 'title' | 'summary' | 'help' | 'formula' | 'paper' | 'systems'> {
  /** chances to stay: alike for all entries, or rising with the rank of magnitude in a row */
  readonly chances: 'alike' | 'by rank'
  /** elect a sign at each place and join what agrees; else a plain sum */
  readonly elects: boolean
  /** whether the sum is divided by the weights that take part, where nobody says */
  readonly normalize: boolean
}

/** What DARE, DELLA and their pruners ask alike. */
export const makingUp = choice({
  default: 'inverse_keep',
  summary: 'what makes up for the dropped entries',
  options: [
    { value: 'inverse_keep', title: 'divide by the chance to stay', formula: 'c = 1 / p' },
    { value: 'l1', title: 'keep the sum of magnitudes (MergeKit)', formula: 'c = Σ |τ| / Σ |m ∘ τ|, over the tensor' },
    { value: 'none', title: 'nothing', formula: 'c = 1' },
  ],
})

/** What DELLA and its pruner ask alike. */
export const rankUnit = choice({
  default: 'row',
  title: 'Ranks',
  summary: 'where an entry’s rank of magnitude is taken',
  options: [
    {
      value: 'row',
      title: 'in its row (the authors’)',
      formula: 'p = d − ε + 2 ε r / (n − 1), r: rank of |τ| in its row of n, the smallest is 0',
    },
    {
      value: 'tensor',
      title: 'in the whole tensor',
      formula: 'p = d − ε + 2 ε r / (n − 1), r: rank of |τ| in its tensor of n, the smallest is 0',
    },
  ],
})

const epsilon = number({ default: 0.15, min: 0, max: 0.5, step: 0.01, summary: 'how far the chance moves with the rank, to either side' })

/** A method that drops changes at random, makes up for what is dropped, and joins the rest. */
export function randomSparseMethod({ chances, elects, normalize, ...named }: RandomSparse): AnyMethod {
  const ranked = chances === 'by rank'
  const sparsifier = (models: number, unit: RankUnit) =>
    ranked
      ? byRankAtRandom<Chosen, { readonly density: number }>(
          models,
          densityOf,
          ({ params }) => params.epsilon ?? 0,
          ({ params }) => params.rescale,
          unit,
        )
      : atRandom<Chosen, { readonly density: number }>(models, densityOf, ({ params }) => params.rescale)
  return defineMergeMethod({
    ...named,
    base: 'required',
    models: { min: 1 },
    of: 'deltas',
    stochastic: true,
    params: {
      scale: number({ default: 1, min: -10, max: 10, step: 0.05, summary: 'one factor for the merged difference (λ)' }),
      normalize: boolean({ default: normalize, summary: 'divide by the weights that take part' }),
      rescale: makingUp,
      ...(ranked ? { epsilon, ranks: rankUnit } : ({} as { epsilon: typeof epsilon; ranks: typeof rankUnit })),
    },
    perModel: {
      weight: weightOf(1),
      density: number({
        default: 0.5,
        min: 0,
        max: 1,
        step: 0.05,
        summary: ranked ? 'mean chance of an entry to stay' : 'chance of an entry to stay',
      }),
    },
    check({ params, perModel }) {
      if (ranked) for (const { density } of perModel) checkWindow(density, params.epsilon, named.name)
    },
    passes: ({ params, perModel }) => sparsifier(perModel.length, params.ranks).passes,
    combine(input, out) {
      const { params, perModel } = input
      mergeSparse(
        input,
        sparsifier(perModel.length, params.ranks),
        {
          weights: perModel.map(({ weight }) => weight),
          scale: params.scale,
          ...(elects ? { consensus: { vote: 'sum', join: 'mean' } as const } : {}),
          normalize: params.normalize,
          owner: named.name,
        },
        out,
      )
    },
  })
}

interface Chosen {
  readonly rescale: Rescale
  readonly epsilon?: number
}
