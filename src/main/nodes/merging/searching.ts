import type { WeightsExpression } from '../../../shared/expression'
import type { JsonObject } from '../../../shared/json'
import { lossMetric } from '../../../shared/run/search-metrics'
import type { RunContext } from '../../node-runtime'
import type { Evaluation, Space } from '../../weights/search/search'
import { type SearchName, searches, searchFor } from '../../weights/search/searches'
import { onScratch } from './measuring'
import { lossOfWeights, type ObjectiveName, type Row } from './objectives'
import { Rejected } from './rejected'

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
    screen: {
      kind: 'number',
      default: 0,
      min: 0,
      max: 100_000,
      integer: true,
      title: 'Rows at first',
      summary: 'judge every candidate on so many rows, then the best third of them on all; 0: all candidates on all rows',
      unit: 'rows',
      advanced: true,
    },
  }) as const

export interface SearchAsked {
  readonly space: Space
  /** undefined: no model at all, the worst loss without being tried */
  readonly expressionOf: (point: readonly number[]) => WeightsExpression | undefined
  /** in place of writing a candidate and judging it */
  readonly lossAt?: ((point: readonly number[], rows: readonly Row[]) => Promise<number>) | undefined
  readonly rows: readonly Row[]
  /** other rows whose likelihood counts too, so many times */
  readonly also?: { readonly rows: readonly Row[]; readonly factor: number } | undefined
  /** the start is the first candidate, so that nothing worse than it wins */
  readonly startFirst?: true
  readonly params: {
    readonly search: string
    readonly budget: number
    readonly patience: number
    readonly objective: ObjectiveName
    readonly screen: number
  }
}

export interface Searched {
  readonly best: Evaluation
  /** how many candidates were judged */
  readonly tried: number
  /** best point with its loss, and every candidate in order; a loss of null could not be judged, `why` says why where that is known */
  readonly report: JsonObject
}

/**
 * Merges, judges and forgets candidates, telling each, and gives the first of the best. With `screen` rows at first, the search goes by those alone; then the best
 * third (one at least) is judged on all rows and the best of it wins.
 */
export function searchMerges(asked: SearchAsked, context: RunContext): Promise<Searched> {
  return asked.lossAt ? searchOn(asked, context) : onScratch(context, (scratch) => searchOn(asked, scratch))
}

async function searchOn(
  { space, expressionOf, lossAt, rows, also, startFirst, params }: SearchAsked,
  context: RunContext,
): Promise<Searched> {
  if (rows.length === 1) context.warn('A single row judges all candidates: the best of them may be good at nothing else.')
  const screened = params.screen > 0 && params.screen < rows.length
  const finalists = screened ? Math.ceil(params.budget / 3) : 0
  let done = 0
  context.progress(done, params.budget + finalists, 'candidates')
  const lossOn = async (point: readonly number[], on: readonly Row[], objective: ObjectiveName): Promise<number> => {
    if (lossAt) return lossAt(point, on)
    const expression = expressionOf(point)
    return expression === undefined ? Number.NaN : lossOfWeights(expression, on, objective, context)
  }
  const rejected = new Rejected()
  const reasons = new Map<string, string>()
  const judge = async (point: readonly number[], on: readonly Row[]): Promise<number> => {
    const { loss, why } = await rejected.judge(async () => {
      const own = await lossOn(point, on, params.objective)
      const beside = also === undefined || also.factor === 0 ? 0 : also.factor * (await lossOn(point, also.rows, 'likelihood'))
      return own + beside
    })
    if (why !== undefined) reasons.set(point.join(), why)
    context.progress(++done, params.budget + finalists, 'candidates')
    context.metric(lossMetric, loss, { step: done, point })
    return loss
  }
  const first = (point: readonly number[]): Promise<number> => judge(point, screened ? rows.slice(0, params.screen) : rows)
  const before: Evaluation[] = []
  if (startFirst && space.start) before.push({ point: space.start, loss: await first(space.start) })
  const found = await searchFor(params.search as SearchName, space)(space, first, {
    budget: Math.max(1, params.budget - before.length),
    seed: context.seed,
    ...(params.patience > 0 ? { patience: params.patience } : {}),
  })
  const evaluations = [...before, ...found.evaluations]
  rejected.tell(evaluations.length - reasons.size, context)
  const told = ({ point, loss }: Evaluation): JsonObject => {
    const why = reasons.get(point.join())
    return { point: [...point], loss: Number.isFinite(loss) ? loss : null, ...(why === undefined ? {} : { why }) }
  }
  const kept = screened ? thirdOf(evaluations) : []
  const again: Evaluation[] = []
  for (const { point } of kept) again.push({ point, loss: await judge(point, rows) })
  const best = (screened ? again : evaluations).reduce((least, one) => (one.loss < least.loss || Number.isNaN(least.loss) ? one : least))
  return {
    best,
    tried: evaluations.length,
    report: {
      best: told(best),
      candidates: evaluations.map(told),
      ...(screened ? { onAllRows: again.map(told) } : {}),
    },
  }
}

/** The best third, one at least; the first of equal ones, each point once. Jamieson and Talwalkar 2016, arXiv:1502.07943, in one round. */
function thirdOf(evaluations: readonly Evaluation[]): Evaluation[] {
  const distinct = [...new Map(evaluations.toReversed().map((one) => [one.point.join(), one])).values()].toReversed()
  const judged = distinct.filter(({ loss }) => Number.isFinite(loss)).sort((a, b) => a.loss - b.loss)
  return judged.length > 0 ? judged.slice(0, Math.ceil(evaluations.length / 3)) : distinct.slice(0, 1)
}
