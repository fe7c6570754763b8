import { defineNode } from '../../node-runtime'

/** What a model learnt: its weights less those of the model it was tuned from. */
export default defineNode(
  {
    type: 'task-vector',
    version: 1,
    title: 'Task vector',
    family: 'merging',
    formula: 'τ = θ_tuned − θ_base',
    summary: 'What fine-tuning changed: the tuned model less its base.',
    help: `The difference, tensor by tensor. Prune it, scale it, or give it to a *Merger* together with a base: adding it teaches the skill, taking it away (a negative weight) makes the model forget.

Differences of quantized models are mostly rounding noise, so sources below 8 bits are refused unless *Allow quantized sources* is on.`,
    synonyms: ['delta', 'difference', 'task arithmetic', 'subtract'],
    survey: '3',
    paper: 'Ilharco et al. 2023, arXiv:2212.04089',
    systems: ['task-arithmetic'],
    inputs: {
      tuned: { wire: 'weights', arity: 'one', summary: 'the fine-tuned model' },
      base: { wire: 'weights', arity: 'one', summary: 'the model it was tuned from' },
    },
    outputs: { delta: { wire: 'weights', summary: 'the task vector' } },
    params: {
      allowQuantized: {
        kind: 'boolean',
        default: false,
        advanced: true,
        title: 'Allow quantized sources',
        summary: 'take differences of models below 8 bits all the same',
      },
    },
    effect: 'pure',
    resource: 'cpu',
  },
  ({ inputs: { tuned, base }, params }) => ({
    delta: { op: 'delta', tuned, base, ...(params.allowQuantized ? { allowQuantized: true } : {}) } as const,
  }),
)
