import { canonicalJson, type Json } from '../../../shared/json'
import { listOf, textOf } from '../gguf/types/header'
import type { Family } from './compatible'

const key = 'tokenizer.chat_template'
const templateOf = ({ metadata }: Family): string | undefined => textOf(metadata, key)

/**
 * The family of a merge's result: that of the one that leads, with the chat template of most members (of equally many the first) where that is asked. `tell` hears of
 * templates that are not taken over, and of vocabularies that cut words otherwise.
 */
export function withTemplate(members: readonly Family[], how: 'most' | undefined, tell: (warning: string) => void): Family {
  const [lead, ...others] = members as readonly [Family, ...Family[]]
  const otherwise = others.filter(
    (other) => mergesOf(other) !== undefined && mergesOf(lead) !== undefined && mergesOf(other) !== mergesOf(lead),
  )
  if (otherwise.length > 0)
    tell(
      `${namesOf(otherwise)} cut words into tokens otherwise than ${lead.name} (other merges): the result cuts them as ${lead.name} does.`,
    )
  if (how === 'most') {
    const chosen = mostCommon(members.flatMap((member) => templateOf(member) ?? []))
    return chosen === undefined ? lead : { ...lead, metadata: new Map([...lead.metadata, [key, { type: 'string', value: chosen }]]) }
  }
  const differing = others.filter((other) => templateOf(other) !== undefined && templateOf(other) !== templateOf(lead))
  if (differing.length > 0)
    tell(
      templateOf(lead) === undefined
        ? `${lead.name} has no chat template, so the result has none; that of ${namesOf(differing)} is not taken over (Chat template in the Merger).`
        : `${namesOf(differing)} and ${lead.name} have different chat templates: the result keeps that of ${lead.name} (Chat template in the Merger).`,
    )
  return lead
}

const namesOf = (families: readonly Family[]): string => [...new Set(families.map(({ name }) => name))].join(', ')

const mergesOf = ({ metadata }: Family): string | undefined => {
  const merges = listOf(metadata, 'tokenizer.ggml.merges')
  return merges && canonicalJson(merges as readonly Json[] as Json)
}

function mostCommon(texts: readonly string[]): string | undefined {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}
