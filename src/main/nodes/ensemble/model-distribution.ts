import { defineNode } from '../../node-runtime'
import { promptOf, promptParams } from './prompting'

/** A model under a prompt, as a leaf of a distribution expression. */
export default defineNode(
  {
    type: 'model-distribution',
    version: 1,
    title: 'Model as distribution',
    family: 'ensemble',
    summary: 'Offers what a model thinks of the next token, to be mixed with others before a decoder draws it.',
    help: `One arm of an ensemble: this model, continuing this prompt. Wire several of them into an average, a contrast, an offset or a gate, and that into a *Decoder*, which writes one text that all arms follow.

Arms may have different prompts: the same model with and without a document, as an expert and as an amateur. Arms on the same model share its memory and are computed in one batch. Models that meet in an operator need the same vocabulary. Remote models offer text only, so they cannot be an arm. A *mixture of experts* may be asked with fewer experts than its file says: subtracted from itself with all of them, it is SCMoE’s amateur.`,
    synonyms: ['logits', 'next token', 'probabilities', 'ensemble', 'leaf', 'arm', 'expert', 'amateur'],
    survey: '4.2',
    systems: ['scmoe'],
    inputs: { prompt: { wire: 'messages', arity: 'one', summary: 'a text or a chat' } },
    outputs: { distribution: { wire: 'distribution', summary: 'the model’s next-token distribution under this prompt' } },
    params: {
      model: { kind: 'model', default: null, needs: 'distribution', title: 'Model', summary: 'a model on this machine' },
      ...promptParams,
      experts: {
        kind: 'number',
        default: 0,
        min: 0,
        max: 64,
        integer: true,
        title: 'Experts',
        summary: 'of a mixture of experts: how many answer for each token; 0: as many as its file says',
        advanced: true,
      },
    },
    effect: 'pure',
    resource: 'model',
    face: 'model',
  },
  async ({ inputs: { prompt }, params, context }) => ({
    distribution: {
      op: 'lm',
      model: params.model,
      prompt: await promptOf(prompt, params, params.model, context.models),
      ...(params.experts > 0 && { experts: params.experts }),
    } as const,
  }),
)
