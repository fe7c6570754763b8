import type { WeightsExpression } from '../../../shared/expression'
import { defineNode } from '../../node-runtime'

/** Brings the hidden units of one model into the order of another, so that averaging them makes sense. */
export default defineNode(
  {
    type: 'align-units',
    version: 1,
    title: 'Align units',
    family: 'merging',
    summary: 'Puts the hidden units of a model in the order that fits another model best, without changing what it does.',
    help: `Two networks can do the same with their units in another order; averaging them as they stand then ruins both. This node finds, block by block, the order in which the first model fits the second, and gives the reordered model: same outputs, ready to be averaged. Feed-forward units move, and with *Heads* also attention heads (query heads only within those that share a key and value head) and the channels of values. With *Residual stream* the channels that run from the embedding to the head move as well, in one order for the whole model: stream, units and heads are matched in turn until nothing changes. Experimental for language models; models tuned from one ancestor are aligned already.

*Weight matching* compares incoming and outgoing weights (Git Re-Basin); *optimal transport* the incoming ones (OT fusion), and it alone takes models whose feed-forward layers are of different widths: the first model then gets the width of the second, its units joined or split, its heads as they are; *soft matching* goes through Sinkhorn's scaling. Up to 2,048 units (or channels of attention) a block.

Without a second model the units are shuffled by the seed: a way to see that their order means nothing.`,
    synonyms: ['git re-basin', 'permutation', 'optimal transport', 'sinkhorn', 'align neurons', 'zip'],
    survey: '3',
    paper: 'Ainsworth et al. 2023, arXiv:2209.04836; Singh and Jaggi 2020, arXiv:1910.05653; Pena et al. 2023, arXiv:2212.12042',
    systems: ['git-rebasin', 'ot-fusion', 'sinkhorn-rebasin'],
    inputs: {
      model: { wire: 'weights', arity: 'one', summary: 'the model whose units are reordered' },
      to: { wire: 'weights', arity: 'optional', summary: 'the model that they should fit' },
    },
    outputs: { weights: { wire: 'weights', summary: 'the same model in another order' } },
    params: {
      solver: {
        kind: 'choice',
        default: 'assignment',
        title: 'Matching',
        summary: 'what is compared',
        options: [
          { value: 'assignment', title: 'weight matching (Git Re-Basin)' },
          { value: 'transport', title: 'optimal transport' },
          { value: 'sinkhorn', title: 'soft matching (Sinkhorn)' },
        ],
      },
      heads: { kind: 'boolean', default: true, title: 'Heads', summary: 'reorder attention heads and the channels of their values too' },
      residual: {
        kind: 'boolean',
        default: false,
        title: 'Residual stream',
        summary: 'reorder the channels that run through the whole model too: for models that learnt apart',
      },
    },
    effect: 'pure',
    resource: 'cpu',
    stochastic: true,
    face: 'solver',
  },
  ({ inputs: { model, to }, params, context }) => {
    const weights: WeightsExpression = {
      op: 'permute',
      of: model,
      solver: params.solver,
      ...(params.heads ? { heads: true } : {}),
      ...(params.residual ? { residual: true } : {}),
      ...(to === undefined ? { seed: context.seed } : { to }),
    }
    return { weights }
  },
)
