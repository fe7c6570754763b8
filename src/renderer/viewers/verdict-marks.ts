import type { Claim, Verdict } from '../../shared/value'

/** A stretch of an answer: plain, or a claim with what is known about it. */
export interface Stretch {
  readonly text: string
  readonly claim?: Claim
  readonly verdict?: Verdict
}

/**
 * The answer cut into stretches in reading order; joined they give the answer again. A claim stands where its offsets say if the text there is its own,
 * else at the first place where its text occurs; a claim that is found nowhere, or that overlaps an earlier one, is left out.
 */
export function markClaims(answer: string, items: readonly (Verdict | Claim)[]): Stretch[] {
  const places = items
    .map((item) => ({ item, place: findPlace(answer, claimOf(item)) }))
    .filter((found): found is { item: Verdict | Claim; place: readonly [number, number] } => found.place !== undefined)
    .sort((a, b) => a.place[0] - b.place[0])
  const stretches: Stretch[] = []
  let at = 0
  for (const { item, place } of places) {
    const [start, end] = place
    if (start < at) continue
    if (start > at) stretches.push({ text: answer.slice(at, start) })
    stretches.push({ text: answer.slice(start, end), claim: claimOf(item), ...('label' in item ? { verdict: item } : {}) })
    at = end
  }
  if (at < answer.length) stretches.push({ text: answer.slice(at) })
  return stretches
}

export const claimOf = (item: Verdict | Claim): Claim => ('claim' in item ? item.claim : item)

function findPlace(answer: string, claim: Claim): readonly [number, number] | undefined {
  const { start, end, text } = claim
  if (start !== undefined && end !== undefined && start < end && end <= answer.length) {
    const there = answer.slice(start, end)
    if (there === text || there.trim() === text.trim() || text.trim() === '') return [start, end]
  }
  const found = text.trim() === '' ? -1 : answer.indexOf(text.trim())
  return found < 0 ? undefined : [found, found + text.trim().length]
}
