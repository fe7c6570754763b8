import { TributaryError } from '../../../shared/errors'
import { idsByPiece } from '../retokeniser'
import type { Vocabulary } from '../source'

/** A string that is one token in every vocabulary: its token in each. */
export type Anchor = readonly number[]

/** Strings that are one token in all vocabularies, in the order of the first one's tokens; at most `most`. End tokens are none. */
export function commonTokens(vocabularies: readonly Vocabulary[], most = Infinity): Anchor[] {
  const [first, ...others] = vocabularies.map(idsByPiece)
  const found: Anchor[] = []
  for (const [piece, token] of [...(first ?? [])].sort((a, b) => a[1] - b[1])) {
    if (found.length >= most) break
    const rest = others.map((ids) => ids.get(piece))
    if (rest.every((id) => id !== undefined)) found.push([token, ...rest])
  }
  return found
}

/** Throws `vocabulary-mismatch` where too few strings are shared to compare meanings by them. */
export function requireAnchors(anchors: readonly Anchor[], least: number, title: string): void {
  if (anchors.length >= least) return
  throw new TributaryError(
    'vocabulary-mismatch',
    `${title} compares tokens through those that both vocabularies have; these two share ${anchors.length}, and at least ${least} are needed.`,
    { hint: 'use “Average across vocabularies”, which needs none' },
  )
}
