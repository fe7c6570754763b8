import type { TokenizerPolicy } from '../../../shared/expression'
import { type GgufMetadata, textOf } from '../gguf/types/header'
import type { Family } from './compatible'
import type { Compiler } from './compile'
import type { PlanNode, PlanTensor, RowPart } from './plan'
import { type RowSource, type SharedVocabulary, shareVocabulary } from './vocabulary'

/** These models with one vocabulary: those that have it already as they are. */
export function inOneVocabulary(on: Compiler, members: readonly number[], policy: TokenizerPolicy, hasBase: boolean): number[] {
  on.requireModels(members, 'A merge that changes vocabularies')
  const shared = shareVocabulary(
    members.map((member) => on.families[member] as Family),
    policy,
    { base: hasBase ? 0 : undefined, models: hasBase ? 1 : 0 },
  )
  for (const warning of shared.warnings) on.warnings.add(warning)
  return members.map((member, index) => {
    const { tensors } = on.nodes[member] as PlanNode
    const family = on.families[member] as Family
    const rows = tensors.map((tensor) => (hasTokenRows(tensor) ? rowParts(on, tensor, members, shared.sources[index] ?? []) : null))
    const sized = tensors.map((tensor) => (hasTokenRows(tensor) ? { ...tensor, shape: [tensor.shape[0] ?? 1, shared.rows] } : tensor))
    const metadata = withVocabulary(family.metadata, shared)
    return on.push(
      { op: 'rows', kind: 'model', tensors: sized, of: { node: member, tensors: tensors.map((_, tensor) => tensor) }, rows },
      { ...family, metadata },
    )
  })
}

/** A row of another member is that of its tensor of the same name; a head that is tied there is its embedding. */
function rowParts(on: Compiler, { name }: PlanTensor, members: readonly number[], sources: readonly RowSource[]): RowPart[] {
  const tensorOf = members.map((member) => {
    const { tensors } = on.nodes[member] as PlanNode
    const own = tensors.findIndex((tensor) => tensor.name === name)
    return own < 0 ? tensors.findIndex((tensor) => tensor.name === 'token_embd.weight') : own
  })
  return sources.map((source) =>
    typeof source === 'object'
      ? source.map(({ member, row }) => ({ node: members[member] as number, tensor: tensorOf[member] as number, row }))
      : source,
  )
}

/** One row a token. */
const hasTokenRows = ({ name }: PlanTensor): boolean => /^(token_embd|output)\.weight$/.test(name)

function withVocabulary(metadata: GgufMetadata, { metadata: vocabulary, rows }: SharedVocabulary): GgufMetadata {
  const changed = new Map([...metadata].filter(([key]) => !key.startsWith('tokenizer.') || key === 'tokenizer.chat_template'))
  for (const [key, value] of vocabulary) if (key !== 'tokenizer.chat_template') changed.set(key, value)
  const size = `${textOf(metadata, 'general.architecture')}.vocab_size`
  if (changed.has(size)) changed.set(size, { type: 'uint32', value: rows })
  return changed
}
