import { TributaryError } from '../errors'
import type { MetricSummary } from './summary'

/** One side of an assertion: a number, or a figure of a metric, perhaps of one variant. */
export type Operand =
  | { readonly number: number }
  | { readonly metric: string; readonly variant?: string; readonly figure: 'mean' | 'low' | 'high' | 'count' }

export interface Assertion {
  readonly text: string
  readonly left: Operand
  readonly sign: '>=' | '<=' | '==' | '!=' | '>' | '<'
  readonly right: Operand
}

export interface Judged {
  readonly text: string
  readonly ok: boolean
  /** the two numbers that were compared, of the first variant that failed, else of the last one */
  readonly left: number | undefined
  readonly right: number | undefined
  readonly variant?: string
}

const signs = ['>=', '<=', '==', '!=', '>', '<'] as const
const figures = ['mean', 'low', 'high', 'count'] as const

/**
 * `em>=0.6`, `em@B>em@A`, `f1@short.low>0.5`: two operands and one sign. An operand is a number or `metric[@variant][.mean|.low|.high|.count]`.
 * Nothing is computed but the comparison. Throws `usage`.
 */
export function parseAssertion(text: string): Assertion {
  const refuse = (reason: string): TributaryError =>
    new TributaryError('usage', `The assertion “${text.slice(0, 80)}” is not understood: ${reason}.`, {
      hint: 'Write metric>=number, for instance em>=0.6, or em@B>em@A.',
    })
  if (text.length > 400) throw refuse('it is too long')
  const sign = signs.find((candidate) => text.includes(candidate))
  if (!sign) throw refuse('it has no sign of comparison')
  const at = text.indexOf(sign)
  const operand = (part: string): Operand => {
    const trimmed = part.trim()
    if (/^-?\d{1,15}(\.\d{1,15})?(e-?\d{1,3})?$/i.test(trimmed)) return { number: Number(trimmed) }
    const match = /^([A-Za-z][A-Za-z0-9_-]{0,39})(?:@([^@.<>=!]{1,60}))?(?:\.([a-z]{1,8}))?$/.exec(trimmed)
    const figure = figures.find((candidate) => candidate === (match?.[3] ?? 'mean'))
    if (!match?.[1] || !figure) throw refuse(`“${trimmed}” is neither a number nor a metric`)
    return { metric: match[1], figure, ...(match[2] === undefined ? {} : { variant: match[2].trim() }) }
  }
  return { text, sign, left: operand(text.slice(0, at)), right: operand(text.slice(at + sign.length)) }
}

/** An operand without a variant stands for each variant in turn: all must hold. Throws `usage` for a metric or variant that the batch does not have. */
export function judge(assertion: Assertion, variants: readonly string[], metrics: readonly MetricSummary[]): Judged {
  const free = [assertion.left, assertion.right].some((operand) => 'metric' in operand && operand.variant === undefined)
  let last: Judged = { text: assertion.text, ok: false, left: undefined, right: undefined }
  for (const variant of free ? variants : [variants[0] ?? '']) {
    const [left, right] = [assertion.left, assertion.right].map((operand) => figureOf(operand, variant, variants, metrics, assertion.text))
    const ok = left !== undefined && right !== undefined && compare(left, assertion.sign, right)
    last = { text: assertion.text, ok, left, right, ...(free ? { variant } : {}) }
    if (!ok) return last
  }
  return last
}

function figureOf(
  operand: Operand,
  variant: string,
  variants: readonly string[],
  metrics: readonly MetricSummary[],
  text: string,
): number | undefined {
  if ('number' in operand) return operand.number
  const summary = metrics.find(({ name }) => name === operand.metric)
  if (!summary)
    throw new TributaryError('usage', `The assertion “${text}” names the metric “${operand.metric}”, which the batch does not have.`, {
      hint: `Its metrics: ${metrics.map(({ name }) => name).join(', ') || 'none'}.`,
    })
  const name = operand.variant ?? variant
  const place = variants.indexOf(name)
  if (place < 0)
    throw new TributaryError('usage', `The assertion “${text}” names the variant “${name}”, which the batch does not have.`, {
      hint: `Its variants: ${variants.join(', ')}.`,
    })
  return summary.variants[place]?.[operand.figure]
}

function compare(left: number, sign: Assertion['sign'], right: number): boolean {
  switch (sign) {
    case '>=':
      return left >= right
    case '<=':
      return left <= right
    case '==':
      return left === right
    case '!=':
      return left !== right
    case '>':
      return left > right
    case '<':
      return left < right
    default:
      return sign satisfies never
  }
}
