import { longestDraft } from '../draft-params'
import { thompsonStop } from '../draft-stops'
import { defineDrafter, oneGuess } from '../drafter'
import { createModelDrafter } from '../model-drafting'
import { verificationParams } from '../verification'

/** Early exit with Thompson sampling, its control loop on any draft model. */
export default defineDrafter(
  {
    name: 'thompson',
    title: 'Learning model drafter',
    formula:
      'drafts on while Π b_k ≥ {level}, b_k ~ Beta(accepted + 1, refused + 1) of the band of q_k; old counts × {memory}\nat most {most} tokens',
    summary: 'A small model guesses, and learns from what the target accepts how far to guess ahead.',
    help: `A draft model whose stopping rule learns while it runs: for each band of the drafter’s confidence it keeps a Beta distribution of being accepted, draws from it after every token (Thompson sampling), and drafts on while the product of the draws stays at the level. Acceptances and refusals update the bands; old evidence fades.

It suits texts whose predictability changes on the way, and drafters that are over- or under-confident. With exact verification the text keeps exactly the law of the target.`,
    synonyms: ['EESD', 'Thompson sampling', 'speculative decoding', 'adaptive draft', 'bandit', 'faster'],
    systems: ['eesd'],
    paper: 'Liu et al. 2024, arXiv:2406.03853',
    face: 'most',
    needsModel: true,
    params: {
      most: longestDraft,
      level: {
        kind: 'number',
        default: 0.4,
        min: 0,
        max: 1,
        step: 0.05,
        title: 'Level',
        summary: 'the draft ends when the drawn chance that all of it survives falls below this',
      },
      memory: {
        kind: 'number',
        default: 0.99,
        min: 0.5,
        max: 1,
        step: 0.01,
        title: 'Memory',
        summary: 'how much of the evidence is kept from round to round; 1: all',
        advanced: true,
      },
      ...verificationParams,
    },
  },
  {
    size: oneGuess,
    create: (context) => {
      const { most, level, memory } = context.params
      return createModelDrafter(context, { most, adaptive: false }, thompsonStop(level, memory, context.random))
    },
  },
)
