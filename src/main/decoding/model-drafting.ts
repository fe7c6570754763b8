import { topK } from './distribution'
import { DraftLength } from './draft-length'
import { type Drafter, type DrafterContext, noDraft } from './drafter'
import { draw, type Law, probabilityOf } from './law'
import type { Leaf } from './leaf'
import type { Row } from './row'

/** Decides, token by token, whether a draft goes on. */
export interface DraftStop {
  /** A new draft begins. */
  begin(): void
  /** A token was drafted that the drafter gave `confidence`: should the draft end with it? */
  endsAfter(confidence: number): boolean
  /** Of the last draft the first `accepted` tokens survived; one more was refused if `accepted < drafted`. */
  learn(drafted: number, accepted: number): void
}

export interface DraftBounds {
  /** other likely first tokens offered besides the one that was drawn */
  readonly width?: number
  readonly most: number
  readonly adaptive: boolean
}

/** A drafter made of a model: it samples with the target's sampler from its own sequence, until the stop rule or the bounds end the draft. */
export function createModelDrafter(context: DrafterContext<unknown>, { most, adaptive, width = 0 }: DraftBounds, stop: DraftStop): Drafter {
  const { runtime, sampler, random } = context
  if (context.leaf === undefined) throw new Error('a model drafter was given no model')
  const leaf: Leaf = context.leaf
  const length = new DraftLength(most, adaptive)
  const buffers: Float32Array[] = []
  const written: number[] = []
  let drafted = 0

  const nextLaw = async (tokens: readonly number[], signal: AbortSignal): Promise<Law> => {
    const row = leaf.row(0)
    const unread = [...leaf.tokens, ...tokens].slice(leaf.sequence.length)
    await runtime.evaluate([{ sequence: leaf.sequence, tokens: unread, rows: [row.values] }], { signal })
    leaf.received(1)
    buffers[tokens.length] ??= new Float32Array(row.values.length)
    return sampler.law(row, [...written, ...tokens], buffers[tokens.length] as Float32Array)
  }

  return {
    reset: () => {
      written.length = 0
    },
    push(tokens, accepted, isJudged = true) {
      if (isJudged) {
        length.learn(drafted, accepted)
        if (drafted > 0) stop.learn(drafted, accepted)
      }
      drafted = 0
      leaf.tokens.push(...tokens)
      written.push(...tokens)
      // the cache holds the agreed text and all drafted tokens but the last; those that were refused go
      const valid = leaf.tokens.length - tokens.length + Math.min(accepted, tokens.length)
      if (leaf.sequence.length > valid) leaf.sequence.truncate(valid)
    },
    async predict(limit, signal) {
      const bound = Math.min(limit, length.current, leaf.room - 1)
      const tokens: number[] = []
      const laws: Law[] = []
      let others: number[] = []
      stop.begin()
      while (tokens.length < bound) {
        const law = await nextLaw(tokens, signal)
        const token = draw(law, random.uniform())
        if (tokens.length === 0 && width > 0) others = othersNear(leaf.row(0), token, width)
        tokens.push(token)
        laws.push(law)
        const confidence = sampler.isGreedy ? Math.exp(leaf.row(0).logprob(token)) : probabilityOf(law, token)
        if (stop.endsAfter(confidence) || leaf.source.vocabulary.endTokens.includes(token)) break
      }
      drafted = tokens.length
      return tokens.length === 0 ? noDraft : { tokens, laws, others: others.map((token) => ({ tokens: [token] })) }
    },
  }
}

/** The likeliest tokens besides one, at most `count`. */
function othersNear(row: Row, token: number, count: number): number[] {
  return Array.from(topK(row.values, count + 1))
    .filter((other) => other !== token)
    .slice(0, count)
}
