/** What a token trace holds, as the window reads it: the trace of `src/main/models/model.ts` with its tallies, and cut in two by what is needed when. */

/** [text, probability], most probable first */
export type Top = readonly (readonly [string, number])[]

export type Origin = 'target' | 'draft' | 'prefix'

export interface TraceSource {
  readonly name: string
  /** the port it is wired to; empty where there is one source */
  readonly role: string
  /** null where it changes from token to token */
  readonly weight: number | null
}

/** What is needed to draw the whole text: small for every token. */
export interface TraceOutline {
  readonly sources: readonly TraceSource[]
  readonly tokens: readonly OutlineToken[]
}

export interface OutlineToken {
  readonly text: string
  readonly origin: Origin
  readonly decidedBy: number
  /** the favourites of the sources differ */
  readonly disagree: boolean
  /** of the result, nats; null where nobody told */
  readonly entropy: number | null
  readonly logprob: number | null
  /** Jensen–Shannon, nats; null with fewer than two comparable sources */
  readonly divergence: number | null
  /** drafted tokens thrown away just before this one */
  readonly rejected: readonly string[]
}

/** What is shown of one token when somebody looks at it. */
export interface TokenLists {
  readonly id: number
  readonly top: Top
  /** in order of `sources`; empty where a source was not asked */
  readonly sourceTop: readonly Top[]
}

/** A trace as it is packed: outline and lists of every token. */
export interface WholeTrace {
  readonly sources: readonly TraceSource[]
  readonly tokens: readonly (OutlineToken & TokenLists)[]
}

/** Where a trace is kept and what is in it: the value of a decoder's output `trace`. */
export interface TraceReport {
  readonly blob: string
  readonly tokens: number
  /** of each source: the tokens that it decided, and those about which it was asked (behind a gate, few) */
  readonly decided: readonly { readonly name: string; readonly tokens: number; readonly asked: number }[]
  readonly passes: number
  readonly drafted: number
  readonly accepted: number
  readonly acceptance: number | null
}

export function isTraceReport(value: unknown): value is TraceReport {
  if (typeof value !== 'object' || value === null) return false
  const { blob, tokens, decided, passes } = value as Record<string, unknown>
  return typeof blob === 'string' && typeof tokens === 'number' && Array.isArray(decided) && typeof passes === 'number'
}

/** Do the sources that were asked favour different tokens? */
export function disagree(sourceTop: readonly Top[]): boolean {
  const favourites = sourceTop.flatMap(([first]) => (first ? [first[0]] : []))
  return favourites.some((text) => text !== favourites[0])
}
