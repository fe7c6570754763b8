import type { OutlineToken, TraceOutline, TraceReport } from '../../shared/trace/trace'

/** What a trace says in one line. */
export interface Summary {
  readonly tokens: number
  /** tokens that were given, not written */
  readonly given: number
  readonly drafted: number
  readonly accepted: number
  /** share of drafted tokens that were kept; undefined without drafts */
  readonly acceptance: number | undefined
  readonly passes: number
  /** passes of the models that drafting saved */
  readonly saved: number
  /** tokens a pass; 1 without drafts */
  readonly speedUp: number
  /** mean Jensen–Shannon divergence, nats; undefined with fewer than two sources */
  readonly divergence: number | undefined
  /** tokens before which the sources' favourites differ */
  readonly disagreements: readonly number[]
}

export function summaryOf({ tokens }: TraceOutline, report: Pick<TraceReport, 'passes' | 'drafted' | 'accepted'>): Summary {
  const given = tokens.filter(({ origin }) => origin === 'prefix').length
  const written = tokens.length - given
  const apart = tokens.flatMap(({ divergence }) => (divergence === null ? [] : [divergence]))
  const { passes, drafted, accepted } = report
  return {
    tokens: tokens.length,
    given,
    drafted,
    accepted,
    acceptance: drafted > 0 ? accepted / drafted : undefined,
    passes,
    saved: drafted > 0 ? Math.max(0, written - passes) : 0,
    speedUp: drafted > 0 && passes > 0 ? Math.max(1, written / passes) : 1,
    divergence: apart.length > 0 ? apart.reduce((sum, x) => sum + x, 0) / apart.length : undefined,
    disagreements: tokens.flatMap(({ disagree }, i) => (disagree ? [i] : [])),
  }
}

/** The next of ascending places after `from`, round the end. */
export const nextAfter = (places: readonly number[], from: number | undefined): number | undefined =>
  places.find((place) => place > (from ?? -1)) ?? places[0]

export type Filter = 'all' | 'disagree' | 'drafted' | 'rejected' | 'unsure' | `by-${number}`

/** nats from which a choice was open: about three likely tokens */
const unsure = 1

/** Tokens that a search or a filter means; undefined where neither is set. A text is found across tokens; case does not matter. */
export function matches(tokens: readonly OutlineToken[], query: string, filter: Filter): ReadonlySet<number> | undefined {
  if (query === '' && filter === 'all') return undefined
  const found = query === '' ? undefined : textMatches(tokens, query)
  const kept = tokens.flatMap((token, i) => (fits(token, filter) && (found?.has(i) ?? true) ? [i] : []))
  return new Set(kept)
}

function fits(token: OutlineToken, filter: Filter): boolean {
  if (filter === 'all') return true
  if (filter === 'disagree') return token.disagree
  if (filter === 'drafted') return token.origin === 'draft'
  if (filter === 'rejected') return token.rejected.length > 0
  if (filter === 'unsure') return token.origin !== 'prefix' && (token.entropy ?? 0) >= unsure
  return token.origin !== 'prefix' && token.decidedBy === Number(filter.slice(3))
}

function textMatches(tokens: readonly OutlineToken[], query: string): Set<number> {
  const text = tokens
    .map((token) => token.text)
    .join('')
    .toLowerCase()
  const wanted = query.toLowerCase()
  const ranges: [number, number][] = []
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) ranges.push([at, at + wanted.length])
  const found = new Set<number>()
  let start = 0
  let next = 0
  tokens.forEach((token, i) => {
    const end = start + token.text.length
    while (next < ranges.length && (ranges[next]?.[1] ?? 0) <= start) next++
    if (next < ranges.length && (ranges[next]?.[0] ?? 0) < end && token.text !== '') found.add(i)
    start = end
  })
  return found
}

/** The first place where two texts differ, token by token; undefined where they are equal. */
export function firstDifference(a: readonly OutlineToken[], b: readonly OutlineToken[]): number | undefined {
  const length = Math.max(a.length, b.length)
  for (let i = 0; i < length; i++) if (a[i]?.text !== b[i]?.text) return i
  return undefined
}
