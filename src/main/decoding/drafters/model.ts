import { DraftLength } from '../draft-length'
import { type Drafter, defineDrafter, noDraft } from '../drafter'
import { draw, type Law, probabilityOf } from '../law'
import type { Leaf } from '../leaf'

/** A small model of the same vocabulary drafts; it samples with the target's own sampler settings, so that verification is exact. Leviathan et al. 2023. */
export default defineDrafter(
  {
    name: 'model',
    title: 'Model drafter',
    summary: 'A small model of the same vocabulary guesses, the target checks.',
    help: `Speculative decoding. A small model of the same family writes a few tokens ahead; the target reads them all in one pass and keeps those that it would have written, each with probability min(1, p/q), and puts its own token in place of the first refused one. The output has exactly the target’s distribution; greedy output is the same text.

It pays when the small model is much faster and often agrees. The target may be a whole ensemble: with a contrast, its amateur is a natural drafter. *Stop when unsure* ends a draft after a doubtful token (Kangaroo’s second exit); *Stop at risk* when the chance that some token is refused grows too large (SpecDec++). Both models need the same vocabulary.`,
    synonyms: ['speculative decoding', 'speculative sampling', 'assisted generation', 'draft model', 'faster', 'SpecDec++', 'Kangaroo'],
    systems: ['speculative-sampling', 'scd', 'specdec-pp'],
    paper: 'Leviathan et al. 2023, arXiv:2211.17192',
    face: 'most',
    needsModel: true,
    params: {
      most: {
        kind: 'number',
        default: 5,
        min: 1,
        max: 32,
        step: 1,
        integer: true,
        title: 'Longest draft',
        summary: 'tokens guessed at once, at most',
      },
      stopBelow: {
        kind: 'number',
        default: 0.4,
        min: 0,
        max: 1,
        step: 0.05,
        title: 'Stop when unsure',
        summary: 'ends the draft after a token that the drafter gave less than this probability; 0: never',
      },
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
      adaptive: {
        kind: 'boolean',
        default: true,
        title: 'Adapt the length',
        summary: 'longer drafts while they survive, shorter ones when they do not',
      },
    },
  },
  {
    longest: ({ most }) => most,
    create({ params, leaf, runtime, sampler, random }): Drafter {
      if (leaf === undefined) throw new Error('the model drafter was given no model')
      const length = new DraftLength(
        params.adaptive ? Math.ceil(params.most / 2) : params.most,
        params.adaptive ? 1 : params.most,
        params.most,
      )
      const buffers: Float32Array[] = []
      const written: number[] = []
      let drafted = 0
      return {
        reset: () => {
          written.length = 0
        },
        push(tokens, accepted) {
          length.learn(drafted, accepted)
          drafted = 0
          leaf.tokens.push(...tokens)
          written.push(...tokens)
          // the cache holds the agreed text and all drafted tokens but the last; those that were refused go
          const valid = leaf.tokens.length - tokens.length + Math.min(accepted, tokens.length)
          if (leaf.sequence.length > valid) leaf.sequence.truncate(valid)
        },
        async predict(limit, signal) {
          const most = Math.min(limit, length.current, leaf.room - 1)
          const tokens: number[] = []
          const laws: Law[] = []
          let survival = 1
          while (tokens.length < most) {
            const law = await nextLaw(tokens, signal)
            const token = draw(law, random.uniform())
            tokens.push(token)
            laws.push(law)
            if (leaf.source.vocabulary.endTokens.includes(token)) break
            const confidence = sampler.isGreedy ? Math.exp(leaf.row(0).logprob(token)) : probabilityOf(law, token)
            survival *= confidence
            if (confidence < params.stopBelow || 1 - survival > params.stopRisk) break
          }
          drafted = tokens.length
          return tokens.length === 0 ? noDraft : { tokens, laws }
        },
      }

      async function nextLaw(tokens: readonly number[], signal: AbortSignal): Promise<Law> {
        const own = leaf as Leaf
        const unread = [...own.tokens, ...tokens].slice(own.sequence.length)
        const row = own.row(0)
        await runtime.evaluate([{ sequence: own.sequence, tokens: unread, rows: [row.values] }], { signal })
        own.received(1)
        buffers[tokens.length] ??= new Float32Array(row.values.length)
        return sampler.law(row, [...written, ...tokens], buffers[tokens.length] as Float32Array)
      }
    },
  },
)
