import type { Json } from '../../shared/json'

/** What a metric is given of one item. */
export interface Measured {
  /** the output that it looks at; undefined where it needs none */
  readonly output: Json | undefined
  /** what the row says was expected; undefined where the row has no such field */
  readonly expected: Json | undefined
  readonly options: Readonly<Record<string, string | number | boolean>>
  readonly run: { readonly wallMs: number; readonly tokens: number; readonly decodeMs: number }
}

export interface MetricOption {
  readonly kind: 'number' | 'text' | 'boolean'
  readonly default: number | string | boolean
  readonly min?: number
  readonly max?: number
  readonly summary: string
}

/** One way to judge an answer, in one file of `metrics/`. It appears on the command line and in the window with no other edit. */
export interface MetricDefinition {
  readonly kind: string
  readonly title: string
  readonly summary: string
  readonly paper?: string
  readonly needs: { readonly output: boolean; readonly expected: boolean }
  readonly better: 'higher' | 'lower'
  readonly unit: 'share' | 'ms' | 'tokens' | 'number'
  readonly options?: Readonly<Record<string, MetricOption>>
  /** null: it does not apply to this item, which is then left out of the mean. Pure. */
  measure(given: Measured): number | null
}

export const defineMetric = (metric: MetricDefinition): MetricDefinition => metric

/** A value as the text that a person would compare. */
export function asText(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A row may expect any of several answers, as a list: the best counts. Nothing expected: null. */
export function bestOf(expected: Json | undefined, judge: (one: string) => number): number | null {
  if (expected === undefined || expected === null) return null
  const answers = Array.isArray(expected) ? (expected as readonly Json[]) : [expected]
  return answers.length === 0 ? null : Math.max(...answers.map((answer) => judge(asText(answer))))
}
