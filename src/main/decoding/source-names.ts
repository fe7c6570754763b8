import { type DistributionExpression, leavesOf, type Prompt } from '../../shared/expression'
import { canonicalJson } from '../../shared/json'

type LeafExpression = Extract<DistributionExpression, { op: 'lm' }>

const longest = 28

/**
 * How a person tells the sources of an expression apart: the model's name, and where several leaves ask models of one name, what their prompts say
 * where they first part, else how many experts answer, else a number. Keys are the leaves' canonical JSON.
 */
export function sourceNames(expression: DistributionExpression): ReadonlyMap<string, string> {
  const leaves = new Map<string, LeafExpression>()
  for (const leaf of leavesOf(expression)) leaves.set(canonicalJson(leaf), leaf)
  const groups = new Map<string, [string, LeafExpression][]>()
  for (const entry of leaves) groups.set(entry[1].model.name, [...(groups.get(entry[1].model.name) ?? []), entry])
  return new Map([...groups.values()].flatMap(namesInGroup))
}

function namesInGroup(group: readonly (readonly [string, LeafExpression])[]): [string, string][] {
  if (group.length === 1) return group.map(([key, { model }]) => [key, model.name])
  const excerpts = whereTheyPart(group.map(([, { prompt }]) => textOf(prompt)))
  const seen = new Map<string, number>()
  return group.map(([key, { model, experts }], i) => {
    const parts = [
      model.name,
      excerpts[i] && `“${excerpts[i]}”`,
      group.some(([, other]) => other.experts !== experts) && (experts === undefined ? 'all its experts' : `experts: ${experts}`),
    ]
    const name = parts.filter(Boolean).join(', ')
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return [key, count === 1 ? name : `${name} (${count})`]
  })
}

/** From the word at which the texts begin to differ, the first letters of each; its last ones if it is the beginning of the others; nothing if all are alike. */
function whereTheyPart(texts: readonly string[]): string[] {
  const [first = ''] = texts
  if (texts.every((text) => text === first)) return texts.map(() => '')
  let common = 0
  while (texts.every((text) => common < text.length && text[common] === first[common])) common++
  const betweenWords = texts.every((text) => common >= text.length || /\s/.test(text[common] ?? ''))
  const from = betweenWords ? common : first.lastIndexOf(' ', common - 1) + 1
  return texts.map((text) => {
    const rest = text.slice(from).replace(/\s+/g, ' ').trim()
    if (rest === '') return `…${text.trim().slice(-longest)}`
    return rest.length > longest ? `${rest.slice(0, longest).trimEnd()}…` : rest
  })
}

const textOf = (prompt: Prompt): string => (prompt.kind === 'text' ? prompt.text : prompt.messages.map(({ content }) => content).join(' '))
