import type { Dataset } from '../../shared/value'
import type { DemonstrationContext } from './demonstration'
import { shareOf } from './measure'
import { datasetOf } from './merging'

export interface FusedTargets {
  /** share of the answers' tokens to which likelihoods of the source could be moved */
  readonly moved: number
  /** rows in which every token of the answer about which likelihoods tell is the likeliest; rows of which they tell nothing do not count */
  readonly favoured: number
  /** rows that take the source's likelihoods */
  readonly fromOther: number
}

/** What toy-base would learn from `source`, which may have other tokens, about the answers of these sets. */
export async function fusedTargets(
  context: DemonstrationContext,
  sets: readonly string[],
  params: Readonly<Record<string, unknown>>,
  source = 'toy-other',
): Promise<FusedTargets> {
  const data = await datasetOf(context, sets)
  const { targets, report } = await context.node('fuse-targets', {
    inputs: { data, sources: [await context.model(source)] },
    params: { pupil: await context.model('toy-base'), rows: data.rows.length, ...params },
  })
  const { rows } = targets as Dataset
  const [, other] = report as { moved: number }[]
  const favours = (row: (typeof rows)[number]): boolean => {
    const steps = (row.targets as [string, number][][]).map((list, i) => ({ list, token: (row.tokens as string[])[i] }))
    const told = steps.slice(0, -1).filter(({ list }) => list.length > 1)
    return told.length > 0 && told.every(({ list, token }) => list[0]?.[0] === token)
  }
  return { moved: other?.moved ?? 0, favoured: shareOf(rows, favours), fromOther: shareOf(rows, ({ from }) => from === source) }
}
