import { TributaryError } from '../../shared/errors'
import type { Compiled, PlanNode } from './compile'
import type { TokenConstraint } from './source'

/**
 * The text that an output must begin with, in the tokens of the result; none for an empty text. The constraint takes them in.
 * Throws `context-overflow` where they fill what the models hold and `input-type` where a JSON Schema forbids them.
 */
export function prefixTokens(
  prefix: string | undefined,
  { vocabulary, leaves }: Compiled,
  constraint: TokenConstraint | undefined,
  limit: number,
): readonly number[] {
  if (prefix === undefined || prefix === '') return []
  const tokens = vocabulary.tokenize(prefix)
  const room = Math.min(...leaves.map(({ source, tokens: held }) => source.contextTokens - held.length))
  if (tokens.length >= room) {
    throw new TributaryError('context-overflow', `The beginning has ${tokens.length} tokens; after the prompt there is room for ${room}.`, {
      hint: 'shorten the text that the output begins with',
      place: { port: 'prefix' },
    })
  }
  const kept = tokens.slice(0, limit)
  for (const token of constraint === undefined ? [] : kept) {
    if (!constraint?.allows(token)) {
      throw new TributaryError('input-type', 'The text that the output begins with does not fit the JSON Schema.', {
        hint: 'change the beginning, or drop the schema',
        place: { port: 'prefix' },
      })
    }
    constraint.accept(token)
  }
  return kept
}

/** Does an operator of the tree carry something from token to token? */
export function hasMemory(node: PlanNode): boolean {
  if (node.type === 'leaf') return false
  if (node.operator.work.next !== undefined) return true
  return Object.values(node.inputs).some((input) =>
    Array.isArray(input) ? input.some(hasMemory) : input !== undefined && hasMemory(input as PlanNode),
  )
}
