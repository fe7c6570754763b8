import { leavesOf } from '../../../shared/expression'
import { defineNode } from '../../node-runtime'
import { samplingParams } from './sampling'
import { traceOutput, tracingParams } from './tracing'
import { write } from './writing'

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
  ({ inputs: { distribution, drafter }, params, context }) => {
    const source = [...new Set(leavesOf(distribution).map(({ model }) => model.name))].join(' + ')
    return write(context, { expression: distribution, drafter, source, params, what: 'text' })
  },
)
