import { leavesOf } from '../../../shared/expression'
import type { Decoded } from '../../models/model'
import { defineNode } from '../../node-runtime'
import { candidateOf, samplingOf, samplingParams, seedOf } from './sampling'
import { keepTrace, traceOutput, tracingOf, tracingParams } from './tracing'

/** Draws a text from a distribution, token by token. */
export default defineNode(
  {
    type: 'decoder',
    version: 1,
    title: 'Decoder',
    family: 'ensemble',
    summary: 'Writes a text from a distribution, one token at a time, optionally with a drafter.',
    help: `The sink of every distribution wire: it asks all models of the expression for their next-token scores, combines them as the operators say, draws a token, and lets every model follow it.

*Temperature 0* takes the likeliest token. With a *drafter*, several guessed tokens are checked in one pass of all models; the text keeps exactly the law it has without one. *Trace* keeps, for every token, what each model and the result held likely, and which model decided: the Tokens panel shows it, and continues the text from any token with another choice (*Begins with*).`,
    synonyms: ['sampler', 'generate', 'speculative decoding', 'ensemble', 'decode', 'token'],
    survey: '4.2',
    inputs: {
      distribution: { wire: 'distribution', arity: 'one', summary: 'what to draw from' },
      drafter: { wire: 'drafter', arity: 'optional', summary: 'guesses tokens ahead; changes the speed, not the law of the text' },
    },
    outputs: {
      text: { wire: 'text', summary: 'the text' },
      candidates: { wire: 'candidates', summary: 'the texts with their log-probabilities' },
      trace: traceOutput,
    },
    params: {
      ...samplingParams,
      ...tracingParams,
    },
    effect: 'pure',
    resource: 'model',
    stochastic: true,
    streams: true,
    face: 'temperature',
  },
  async ({ inputs: { distribution, drafter }, params, context }) => {
    const source = [...new Set(leavesOf(distribution).map(({ model }) => model.name))].join(' + ')
    const candidates = []
    let first: Decoded | undefined
    for (let i = 0; i < params.samples; i++) {
      if (params.samples > 1) context.progress(i, params.samples, 'answers')
      const decoded = await context.models.decode({
        expression: distribution,
        ...samplingOf(params),
        seed: seedOf(context.seed, i),
        ...(drafter && { drafter }),
        ...tracingOf(params, { expression: distribution, hasDrafter: drafter !== undefined, i }),
      })
      first ??= decoded
      if (decoded.finish === 'length') context.warn(`The text was cut at ${decoded.tokens} tokens.`)
      candidates.push(candidateOf(decoded, source, params.trim))
    }
    return { text: candidates[0]?.text ?? '', candidates, trace: first ? await keepTrace(first, context.blobs) : null }
  },
)
