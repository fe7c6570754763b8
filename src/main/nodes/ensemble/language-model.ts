import { defineNode } from '../../node-runtime'
import { promptOf, promptParams } from './prompting'
import { samplingParams } from './sampling'
import { traceOutput, tracingParams } from './tracing'
import { write } from './writing'

/** A model answers a prompt. */
export default defineNode(
  {
    type: 'language-model',
    version: 1,
    title: 'Language model',
    family: 'io',
    summary: 'Writes an answer to a prompt with one model.',
    help: `The prompt is a text or a chat. A model with a chat template gets it as a chat, any other as plain text to continue; *Prompt form* overrides this.

Text streams into the node while it is written. The same seed, prompt, settings and model give the same answer. A *drafter* makes it faster without changing what is written. For several models working on one answer, token by token, use *Model as distribution* and a *Decoder*.`,
    synonyms: ['LLM', 'chat', 'generate', 'completion', 'answer', 'ask', 'GPT', 'sample', 'complete'],
    inputs: {
      prompt: { wire: 'messages', arity: 'one', summary: 'a text or a chat' },
      drafter: { wire: 'drafter', arity: 'optional', summary: 'guesses tokens ahead; changes the speed, not the answer' },
    },
    outputs: {
      text: { wire: 'text', summary: 'the answer' },
      candidates: { wire: 'candidates', summary: 'the answers with their log-probabilities' },
      trace: traceOutput,
    },
    params: {
      model: { kind: 'model', default: null, needs: 'text', title: 'Model', summary: 'the model that answers' },
      ...promptParams,
      ...samplingParams,
      ...tracingParams,
    },
    effect: 'pure',
    resource: 'model',
    stochastic: true,
    streams: true,
    face: 'model',
  },
  async ({ inputs: { prompt, drafter }, params, context }) => {
    const expression = { op: 'lm', model: params.model, prompt: await promptOf(prompt, params, params.model, context.models) } as const
    return write(context, { expression, drafter, source: params.model.name, params, what: 'answer' })
  },
)
