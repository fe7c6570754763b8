import type { DistributionExpression } from '../../../shared/expression'
import type { Json } from '../../../shared/json'
import type { Candidate } from '../../../shared/value'
import type { Decoded, DecodeProgram } from '../../models/model'
import type { RunContext } from '../../node-runtime'
import { candidateOf, type SamplingValues, samplingOf, seedOf } from './sampling'
import { keepTrace, tracingOf } from './tracing'

interface Writing extends SamplingValues {
  readonly samples: number
  readonly prefix: string
  readonly trace: number
}

/** What a node that writes puts out: the first text, all of them with their log-probabilities, and where the first one's trace is kept. */
export interface Written {
  readonly text: string
  readonly candidates: Candidate[]
  readonly trace: Json
}

/**
 * Draws `params.samples` texts from an expression, one after the other, each with its own seed; the first one is traced.
 * Warns of each that was cut. `what`: how the node calls its text ("answer").
 */
export async function write(
  context: RunContext,
  {
    expression,
    drafter,
    source,
    params,
    what,
  }: {
    readonly expression: DistributionExpression
    readonly drafter: DecodeProgram['drafter'] | undefined
    readonly source: string
    readonly params: Writing
    readonly what: string
  },
): Promise<Written> {
  const candidates: Candidate[] = []
  let first: Decoded | undefined
  for (let i = 0; i < params.samples; i++) {
    if (params.samples > 1) context.progress(i, params.samples, `${what}s`)
    const decoded = await context.models.decode({
      expression,
      ...samplingOf(params),
      seed: seedOf(context.seed, i),
      ...(drafter && { drafter }),
      ...tracingOf(params, { expression, hasDrafter: drafter !== undefined, i }),
    })
    first ??= decoded
    if (decoded.finish === 'length') context.warn(`The ${what} was cut at ${decoded.tokens} tokens.`)
    candidates.push(candidateOf(decoded, source, params.trim))
  }
  return { text: candidates[0]?.text ?? '', candidates, trace: first ? await keepTrace(first, context.blobs) : null }
}
