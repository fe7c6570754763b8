import { csvOf } from '../../shared/csv'
import type { TokenLists, TraceOutline, TraceSource } from '../../shared/trace/trace'

/** A trace as files for other tools. Probabilities are written to six figures: the trace keeps no more. */

export const letterOf = (source: number): string => String.fromCharCode(65 + (source % 26))

/** `A toy-base (expert)` */
export const nameOf = (sources: readonly TraceSource[], i: number): string => {
  const source = sources[i]
  if (!source) return 'nobody'
  return `${letterOf(i)} ${source.name}${source.role ? ` (${source.role})` : ''}`
}

export function traceJson({ sources, tokens }: TraceOutline, lists: readonly TokenLists[]): string {
  const rounded = (top: TokenLists['top']) => top.map(([text, p]) => ({ text, p: Number(p.toPrecision(6)) }))
  const steps = tokens.map((token, i) => {
    const { id, top = [], sourceTop = [] } = lists[i] ?? {}
    return { token: i + 1, id, ...token, top: rounded(top), sources: sourceTop.map(rounded) }
  })
  return `${JSON.stringify({ sources, tokens: steps }, null, 1)}\n`
}

/** One line a token: what it is, how it came, and the favourite of the result and of each source. */
export function traceCsv({ sources, tokens }: TraceOutline, lists: readonly TokenLists[]): string {
  const favourites = sources.flatMap((_, i) => [`${nameOf(sources, i)} favourite`, `${nameOf(sources, i)} p`])
  const head = [
    'token',
    'id',
    'text',
    'origin',
    'decided by',
    'logprob',
    'entropy',
    'divergence',
    'disagree',
    'rejected before',
    'favourite',
    'p',
  ]
  const rows = tokens.map((token, i) => {
    const { id = '', top = [], sourceTop = [] } = lists[i] ?? {}
    const firsts = [top, ...sources.map((_, s) => sourceTop[s] ?? [])].flatMap(([first]) => [
      first?.[0] ?? '',
      first ? figure(first[1]) : '',
    ])
    return [
      i + 1,
      id,
      token.text,
      token.origin,
      token.origin === 'prefix' ? '' : nameOf(sources, token.decidedBy),
      figure(token.logprob),
      figure(token.entropy),
      figure(token.divergence),
      token.disagree ? 'yes' : 'no',
      token.rejected.join('|'),
      ...firsts,
    ]
  })
  return csvOf([[...head, ...favourites], ...rows])
}

const figure = (value: number | null): string => (value === null ? '' : String(Number(value.toPrecision(6))))
