import { formatParameters, type ModelFacts } from './facts'

/** What two models can do together, each with the reason: drawn as a matrix, and asked before a graph runs. */
export interface PairFacts {
  /** their weights can be averaged, subtracted, merged */
  readonly merge: Judgement
  /** their next-token distributions can be mixed token by token */
  readonly mix: Judgement
  /** their distributions can be mixed after projecting or aligning vocabularies */
  readonly align: Judgement
  /** the smaller can guess tokens for the larger */
  readonly draft: Judgement
  /** the same chat text is rendered for both */
  readonly template: Judgement
}
export interface Judgement {
  readonly ok: boolean
  readonly reason: string
}

interface Named {
  readonly name: string
  readonly facts: ModelFacts
}

const yes = (reason: string): Judgement => ({ ok: true, reason })
const no = (reason: string): Judgement => ({ ok: false, reason })

/** Symmetric in its arguments but for the order of names in the sentences. */
export function judgePair(a: Named, b: Named): PairFacts {
  return { merge: judgeMerge(a, b), mix: judgeMix(a, b), align: judgeAlign(a, b), draft: judgeDraft(a, b), template: judgeTemplate(a, b) }
}

function judgeMerge(a: Named, b: Named): Judgement {
  if (a.facts.architecture !== b.facts.architecture)
    return no(`Different architectures: ${a.facts.architecture} and ${b.facts.architecture}.`)
  if (a.facts.shapes !== b.facts.shapes) {
    const [left, right] = [describeSize(a.facts), describeSize(b.facts)]
    return no(left === right ? 'Their tensors have different names or shapes.' : `Different shapes: ${left} and ${right}.`)
  }
  if (a.facts.vocabulary !== b.facts.vocabulary) return no('Same shapes, but different vocabularies: equal rows mean different tokens.')
  return yes('Same architecture, tensor shapes and vocabulary.')
}

const describeSize = (facts: ModelFacts): string => `${facts.blocks} blocks of ${facts.embeddingDimensions}`

function judgeMix(a: Named, b: Named): Judgement {
  const reader = [a, b].find(({ facts }) => !facts.writesText)
  if (reader) return no(`${reader.name} only embeds; it has no next-token distribution.`)
  if (a.facts.vocabulary !== undefined && a.facts.vocabulary === b.facts.vocabulary) return yes('One vocabulary.')
  return no(`Different vocabularies (${a.facts.vocabularySize ?? 0} and ${b.facts.vocabularySize ?? 0} tokens): they need alignment.`)
}

function judgeAlign(a: Named, b: Named): Judgement {
  const mix = judgeMix(a, b)
  if (mix.ok) return yes('One vocabulary: nothing to align.')
  const canBoth = a.facts.writesText && b.facts.writesText && a.facts.vocabulary !== undefined && b.facts.vocabulary !== undefined
  return canBoth ? yes('Both spell the same text: align them by bytes or project one vocabulary onto the other.') : no(mix.reason)
}

function judgeDraft(a: Named, b: Named): Judgement {
  const mix = judgeMix(a, b)
  if (!mix.ok) return no(a.facts.writesText && b.facts.writesText ? 'A drafter must share the vocabulary of its target.' : mix.reason)
  const [small, large] = a.facts.parameters <= b.facts.parameters ? [a, b] : [b, a]
  if (small.facts.parameters * 1.5 > large.facts.parameters) return no('They are of about one size: drafting would save nothing.')
  return yes(
    `${small.name} (${formatParameters(small.facts.parameters)}) drafts for ${large.name} (${formatParameters(large.facts.parameters)}).`,
  )
}

function judgeTemplate(a: Named, b: Named): Judgement {
  const without = [a, b].filter(({ facts }) => facts.template === undefined).map(({ name }) => name)
  if (without.length > 0) return no(`No chat template: ${without.join(', ')}.`)
  return a.facts.template === b.facts.template ? yes('The same chat template.') : no('Different chat templates.')
}
