import type { Json } from './json'

/** A long list in a preview: its first items, and at the end a text that says how many more there are. */
export const cutList = (shown: readonly Json[], total: number): Json[] =>
  total > shown.length ? [...shown, `… ${total - shown.length} more`] : [...shown]

/** The items of a list that may have been cut, and how many it really has. */
export function uncut(items: readonly Json[]): { readonly shown: readonly Json[]; readonly total: number } {
  const last = items.at(-1)
  const more = typeof last === 'string' ? /^… (\d+) more$/.exec(last)?.[1] : undefined
  return more === undefined ? { shown: items, total: items.length } : { shown: items.slice(0, -1), total: items.length - 1 + Number(more) }
}
