/** A sequence of a lane that still holds the tokens of an earlier call. */
export interface CachedSequence {
  readonly id: number
  readonly tokens: readonly number[]
}

export type Assignment =
  /** continue this sequence in place, cut back to `length` */
  | { readonly kind: 'keep'; readonly id: number; readonly length: number }
  /** a new sequence that begins as a copy of the first `length` tokens of another, which some other prompt keeps */
  | { readonly kind: 'copy'; readonly from: number; readonly length: number }
  | { readonly kind: 'fresh' }

/** Number of tokens that two lists have in common from the start. */
export function commonPrefix(a: readonly number[], b: readonly number[]): number {
  const end = Math.min(a.length, b.length)
  let i = 0
  while (i < end && a[i] === b[i]) i++
  return i
}

/**
 * How much of a prompt a cache can give: all but two tokens. The last must be evaluated to have its logits, and a token evaluated alone takes other
 * code than several, with other roundings; two together give bit for bit what the whole prompt gives, so reuse never changes a result.
 */
export const reusable = (prompt: readonly number[], cached: readonly number[]): number =>
  Math.max(0, Math.min(commonPrefix(prompt, cached), prompt.length - 2))

/**
 * Decides which cached sequence each prompt continues. Longest common prefix first; a sequence is continued in place by one prompt only, others
 * copy from it where `canCopy`. `canTruncate` false (recurrent models): only a sequence that is wholly a prefix of the prompt can be continued, and none copied.
 */
export function assignSequences(
  prompts: readonly (readonly number[])[],
  cached: readonly CachedSequence[],
  canTruncate: boolean,
  canCopy = true,
): Assignment[] {
  const matches = prompts.flatMap((prompt, p) =>
    cached
      .map(({ id, tokens }) => ({ p, id, length: reusable(prompt, tokens), whole: tokens.length }))
      .filter(({ length, whole }) => length > 0 && (canTruncate || length === whole)),
  )
  matches.sort((a, b) => b.length - a.length || a.p - b.p || a.id - b.id)
  const result: Assignment[] = prompts.map(() => ({ kind: 'fresh' }))
  const keepers = new Map<number, number>()
  for (const { p, id, length } of matches) {
    if (result[p]?.kind !== 'fresh') continue
    if (!keepers.has(id)) {
      keepers.set(id, length)
      result[p] = { kind: 'keep', id, length }
    } else if (canTruncate && canCopy) result[p] = { kind: 'copy', from: id, length: Math.min(length, keepers.get(id) as number) }
  }
  return result
}
