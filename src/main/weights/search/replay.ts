import type { Evaluation, Search, SearchOptions, Space } from './search'

/**
 * The point that a search would ask next, given what it has asked so far: searches are deterministic, so the past is played again and the first point
 * that it does not know is the answer. undefined when the search has ended. This makes any search resumable from its list of evaluations.
 */
export async function nextPoint(
  search: Search,
  space: Space,
  past: readonly Evaluation[],
  options: SearchOptions,
): Promise<number[] | undefined> {
  const known = new Map(past.map(({ point, loss }) => [keyOf(point), loss]))
  try {
    await search(
      space,
      (point) => {
        const loss = known.get(keyOf(point))
        if (loss === undefined) throw new Unknown([...point])
        return loss
      },
      options,
    )
    return undefined
  } catch (thrown) {
    if (thrown instanceof Unknown) return thrown.point
    throw thrown
  }
}

const keyOf = (point: readonly number[]): string => point.map((value) => Math.round(value * 1e9)).join()

class Unknown extends Error {
  constructor(readonly point: number[]) {
    super('not judged yet')
  }
}
