import { adaptLength, longestDraft, stopWhenUnsure } from '../draft-params'
import { confidenceStop } from '../draft-stops'
import { defineDrafter, oneGuess } from '../drafter'
import { createModelDrafter } from '../model-drafting'
import { verificationParams } from '../verification'

/** A small model of the same vocabulary drafts; it samples with the target's own sampler settings, so that verification is exact. Leviathan et al. 2023. */
export default defineDrafter(
  {
    name: 'model',
    title: 'Model drafter',
    formula:
      'takes a guess x with min(1, p(x) / q(x)), else draws from max(0, p − q); p: target, q: drafter\nat most {most} tokens{adaptive?, fewer while they are refused}; ends below q = {stopBelow}, or where 1 − Π q > {stopRisk}',
    summary: 'A small model of the same vocabulary guesses, the target checks.',
    help: `Speculative decoding. A small model of the same family writes a few tokens ahead; the target reads them all in one pass and keeps those that it would have written, each with probability min(1, p/q), and puts its own token in place of the first refused one. The output has exactly the target’s distribution; greedy output is the same text.

It pays when the small model is much faster and often agrees. The target may be a whole ensemble: with a contrast, its amateur is a natural drafter. *Stop when unsure* ends a draft after a doubtful token (Kangaroo’s second exit); *Stop at risk* when the chance that some token is refused grows too large (SpecDec++). *Verification* near the top is the rule of blockwise parallel decoding and of SpecDec: it accepts good second choices, so the text may differ. Both models need the same vocabulary.`,
    synonyms: ['speculative decoding', 'speculative sampling', 'assisted generation', 'draft model', 'faster', 'SpecDec++'],
    systems: ['speculative-sampling', 'scd', 'specdec-pp', 'specdec', 'blockwise'],
    paper: 'Leviathan et al. 2023, arXiv:2211.17192',
    face: 'most',
    needsModel: true,
    params: {
      most: longestDraft,
      stopBelow: stopWhenUnsure,
      stopRisk: {
        kind: 'number',
        default: 1,
        min: 0,
        max: 1,
        step: 0.05,
        title: 'Stop at risk',
        summary: 'ends the draft when the chance that some token is refused passes this (SpecDec++); 1: never',
        advanced: true,
      },
      adaptive: adaptLength,
      ...verificationParams,
    },
  },
  {
    size: oneGuess,
    create: (context) => createModelDrafter(context, context.params, confidenceStop(context.params.stopBelow, context.params.stopRisk)),
  },
)
