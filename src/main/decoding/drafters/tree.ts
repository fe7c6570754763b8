import { adaptLength, longestDraft, stopWhenUnsure } from '../draft-params'
import { confidenceStop } from '../draft-stops'
import { defineDrafter } from '../drafter'
import { createModelDrafter } from '../model-drafting'

/** Several candidates for the first token, verified in one pass by the exact rule for the children of one node. */
export default defineDrafter(
  {
    name: 'tree',
    title: 'Tree drafter',
    formula:
      'a chain of at most {most} tokens{adaptive?, fewer while they are refused}, ended below q = {stopBelow}, and {width} other first tokens, read in one pass\ntakes a guess x with min(1, p(x) / q(x))',
    summary: 'A small model guesses several first tokens at once, and goes on after the likeliest.',
    help: `Where a chain of guesses is most often broken is its first token. This drafter offers, besides its chain, other likely first tokens as branches; the target reads all of them in the same pass. If the chain’s first token is refused but a branch is taken, the token after it comes for free too.

The branches share the prompt’s memory and are thrown away after the pass. Verification is exact: the text keeps exactly the law of the target (rejection along the children of a node, as in SpecInfer).

It pays where extra tokens in a pass are nearly free, as on a GPU. On a processor each costs about half a pass, so a branch would have to be taken in every other pass: there the plain draft model, which is this drafter without branches, is faster.`,
    synonyms: ['SpecInfer', 'token tree', 'multi-candidate', 'branches', 'speculative decoding', 'faster'],
    systems: ['tree-draft'],
    paper: 'Miao et al. 2023, arXiv:2305.09781',
    face: 'most',
    needsModel: true,
    params: {
      most: longestDraft,
      stopBelow: stopWhenUnsure,
      width: {
        kind: 'number',
        default: 2,
        min: 1,
        max: 8,
        step: 1,
        integer: true,
        title: 'Branches',
        summary: 'other first tokens offered',
      },
      adaptive: adaptLength,
    },
  },
  {
    size: ({ most, width }) => ({ tokens: most + width, guesses: 1 + width }),
    create: (context) => createModelDrafter(context, context.params, confidenceStop(context.params.stopBelow, 1)),
  },
)
