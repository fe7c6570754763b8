/** Fuzzy search over a few hundred entries. Pure; small enough to read, good enough to find `RAG`, `speculative`, `ties`. */
export interface Searchable {
  readonly title: string
  readonly words?: readonly string[]
  readonly summary?: string
}

/** Higher is better; undefined: no match. Every word of the query must be found somewhere. An empty query matches everything equally. */
export function scoreMatch(entry: Searchable, query: string): number | undefined {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  let total = wholeTitle(entry.title.toLowerCase(), words.join(' '))
  for (const word of words) {
    const best = Math.max(
      scoreWord(entry.title, word) * 3,
      ...(entry.words ?? []).map((other) => scoreWord(other, word) * 2),
      (entry.summary ?? '').toLowerCase().includes(word) ? 8 : 0,
    )
    if (best <= 0) return undefined
    total += best
  }
  return total
}

/** A title that is the query, or begins with all of it, stands before one in which the words only occur; of two that begin with it, the shorter. */
const wholeTitle = (title: string, query: string): number =>
  query === '' || !title.startsWith(query) ? 0 : title === query ? 100 : 30 + (10 * query.length) / title.length

/** 0 no match · 20 same · 16 begins · 12 a word begins · 9 initials · 7 inside · 3 letters in order, close together. */
function scoreWord(text: string, word: string): number {
  const lower = text.toLowerCase()
  if (lower === word) return 20
  if (lower.startsWith(word)) return 16
  if (new RegExp(`[\\s_-]${literal(word)}`).test(lower)) return 12
  const initials = lower
    .split(/[\s_-]+/)
    .map((part) => part.charAt(0))
    .join('')
  if (word.length > 1 && initials.startsWith(word)) return 9
  if (lower.includes(word)) return 7
  return word.length > 2 && isLooseMatch(lower, word) ? 3 : 0
}

/** The letters occur in order, the first one at the start of a word, with at most two letters skipped between neighbours. */
function isLooseMatch(text: string, word: string): boolean {
  const pattern = [...word].map(literal).join('.{0,2}')
  return new RegExp(`(?:^|[\\s_-])${pattern}`).test(text)
}

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The matching entries, best first; equal ones keep their order. */
export function search<T>(entries: readonly T[], query: string, describeEntry: (entry: T) => Searchable): T[] {
  return entries
    .map((entry, order) => ({ entry, order, score: scoreMatch(describeEntry(entry), query) }))
    .filter((found) => found.score !== undefined)
    .sort((a, b) => (b.score ?? 0) - (a.score ?? 0) || a.order - b.order)
    .map((found) => found.entry)
}
