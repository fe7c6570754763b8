import { type DistributionExpression, leavesOf } from '../../../shared/expression'
import type { Json } from '../../../shared/json'
import { packTrace } from '../../../shared/trace/packed'
import { disagree, type TraceReport, type WholeTrace } from '../../../shared/trace/trace'
import type { Decoded, DecodeProgram, TokenTrace } from '../../models/model'
import type { Blobs } from '../../node-runtime'

/** Params of nodes whose output can be looked at token by token, and continued from a token. */
export const tracingParams = {
  prefix: {
    kind: 'text',
    default: '',
    multiline: true,
    title: 'Begins with',
    summary: 'the output begins with exactly this text and goes on from there; white space counts, and its tokens count as written ones',
    advanced: true,
  },
  trace: {
    kind: 'number',
    default: -1,
    min: -1,
    max: 50,
    step: 1,
    integer: true,
    title: 'Trace',
    summary: 'keeps this many likeliest tokens of every model for each token; 0: no trace; −1: 5 where several models or a drafter work',
    advanced: true,
  },
} as const

export const traceOutput = { wire: 'json', summary: 'where the token trace is kept, with a summary; null without a trace' } as const

const usual = 5

/** The part of a decoding program that these params say. `i`: which of several answers; the first is traced. */
export function tracingOf(
  { prefix, trace }: { readonly prefix: string; readonly trace: number },
  { expression, hasDrafter, i }: { readonly expression: DistributionExpression; readonly hasDrafter: boolean; readonly i: number },
): Pick<DecodeProgram, 'prefix' | 'trace'> {
  const topK = trace >= 0 ? trace : hasDrafter || leavesOf(expression).length > 1 ? usual : 0
  return { ...(prefix === '' ? {} : { prefix }), ...(topK > 0 && i === 0 ? { trace: { topK } } : {}) }
}

/** Puts the trace away, packed, as a blob and says in a few numbers what is in it. */
export async function keepTrace({ trace, tokens, usage }: Decoded, blobs: Blobs): Promise<Json> {
  if (trace === undefined) return null
  const blob = await blobs.put(packTrace(wholeTrace(trace)))
  const decided = trace.sources.map((name, i) => ({
    name,
    tokens: trace.steps.filter((step) => step.origin !== 'prefix' && step.decidedBy === i).length,
    asked: trace.steps.filter(({ sourceTop }) => (sourceTop[i]?.length ?? 0) > 0).length,
  }))
  const { passes, drafted, accepted } = usage
  return { blob, tokens, decided, passes, drafted, accepted, acceptance: drafted > 0 ? accepted / drafted : null } satisfies TraceReport
}

export function wholeTrace({ sources, roles, weights, steps }: TokenTrace): WholeTrace {
  return {
    sources: sources.map((name, i) => ({ name, role: roles?.[i] ?? '', weight: weights?.[i] ?? null })),
    tokens: steps.map((step) => ({ ...step, divergence: step.divergence ?? null, disagree: disagree(step.sourceTop) })),
  }
}
