import type { WeightsExpression } from '../../../shared/expression'
import type { JsonObject } from '../../../shared/json'
import type { RunContext } from '../../node-runtime'
import type { Evaluation, Space } from '../../weights/search/search'
import { type SearchName, searches } from '../../weights/search/searches'
import { lossOfWeights, type ObjectiveName, type Row } from './objectives'

/** What all searches over merges ask a person. */
export const searchParams = <const S extends SearchName, const B extends number>(search: S, budget: B) =>
  ({
    search: {
      kind: 'choice',
      default: search,
      title: 'Search',
      summary: 'how the next candidate is chosen',
      options: Object.entries(searches).map(([value, { title, summary }]) => ({ value, title, summary })),
    },
    budget: {
      kind: 'number',
      default: budget,
      min: 1,
      max: 10_000,
      integer: true,
      title: 'Budget',
      summary: 'most candidates',
      unit: 'candidates',
    },
    patience: {
      kind: 'number',
      default: 0,
      min: 0,
      max: 10_000,
      integer: true,
      title: 'Patience',
      summary: 'stop after so many candidates without a better one; 0: use the whole budget',
      unit: 'candidates',
      advanced: true,
    },
  }) as const

export interface SearchAsked {
  readonly space: Space
  /** undefined: no model at all, the worst loss without being tried */
  readonly expressionOf: (point: readonly number[]) => WeightsExpression | undefined
  readonly rows: readonly Row[]
  /** the start is the first candidate, so that nothing worse than it wins */
  readonly startFirst?: true
  readonly params: { readonly search: string; readonly budget: number; readonly patience: number; readonly objective: ObjectiveName }
}

export interface Searched {
  readonly best: Evaluation
  /** best point with its loss, and every candidate in order; a loss of null could not be judged */
  readonly report: JsonObject
}

/** Merges, judges and forgets candidates, telling each, and gives the first of the best. */
export async function searchMerges({ space, expressionOf, rows, startFirst, params }: SearchAsked, context: RunContext): Promise<Searched> {
  let done = 0
  const judge = async (point: readonly number[]): Promise<number> => {
    const expression = expressionOf(point)
    const loss = expression === undefined ? Number.NaN : await lossOfWeights(expression, rows, params.objective, context)
    context.progress(++done, params.budget, 'candidates')
    context.metric('loss', loss, { step: done, point })
    return loss
  }
  const before: Evaluation[] = []
  if (startFirst && space.start) before.push({ point: space.start, loss: await judge(space.start) })
  const found = await searches[params.search as SearchName].search(space, judge, {
    budget: Math.max(1, params.budget - before.length),
    seed: context.seed,
    ...(params.patience > 0 ? { patience: params.patience } : {}),
  })
  const evaluations = [...before, ...found.evaluations]
  const best = before.reduce((least, one) => (one.loss <= least.loss ? one : least), found.best)
  const finite = (loss: number): number | null => (Number.isFinite(loss) ? loss : null)
  return {
    best,
    report: {
      best: { point: best.point, loss: finite(best.loss) },
      candidates: evaluations.map(({ point, loss }) => ({ point, loss: finite(loss) })),
    },
  }
}
