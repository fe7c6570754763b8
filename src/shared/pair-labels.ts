/** What the labels of encoders that read pairs mean: NLI models name three (or two) in an order of their own, rerankers one. */
export type NliLabel = 'entailment' | 'neutral' | 'contradiction'

const spellings: readonly (readonly [NliLabel, RegExp])[] = [
  ['neutral', /^(neutral|unknown|not[ _-]?enough|not[ _-]?entail|nei$)/i],
  ['entailment', /^(entail|support|yes$|true$)/i],
  ['contradiction', /^(contradict|refute|no$|false$)/i],
]

/** The meaning of a label of an NLI model; undefined for one that says nothing of entailment, such as `LABEL_0`. */
export const nliLabel = (label: string): NliLabel | undefined => spellings.find(([, pattern]) => pattern.test(label))?.[0]

/** Labels of an NLI model: every one has a meaning, no two the same, and entailment is among them. */
export function areNliLabels(labels: readonly string[]): boolean {
  const meanings = labels.map(nliLabel)
  return meanings.includes('entailment') && labels.length > 1 && new Set(meanings).size === labels.length && !meanings.includes(undefined)
}

/** Labels of a model that reads a question and two answers and scores how good the first and the second are. Says where each stands; undefined for others. */
export function preferenceLabels(labels: readonly string[]): { readonly first: number; readonly second: number } | undefined {
  const [first, second] = [labels.indexOf('first'), labels.indexOf('second')]
  return labels.length === 2 && first >= 0 && second >= 0 ? { first, second } : undefined
}
