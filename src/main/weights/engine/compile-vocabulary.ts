import type { TokenizerPolicy } from '../../../shared/expression'
import { type GgufMetadata, textOf } from '../gguf/types/header'
import { approximateRows, type TokenRows } from './approximate-rows'
import type { Family } from './compatible'
import type { Compiler } from './compile'
import type { PlanNode, PlanTensor, RowOf, RowPart } from './plan'
import { type MemberRow, type RowSource, type SharedVocabulary, shareVocabulary } from './vocabulary'

/** These models with one vocabulary: those that have it already as they are. */
export async function inOneVocabulary(
  on: Compiler,
  members: readonly number[],
  policy: TokenizerPolicy,
  hasBase: boolean,
): Promise<number[]> {
  on.requireModels(members, 'A merge that changes vocabularies')
  const shared = shareVocabulary(
    members.map((member) => on.families[member] as Family),
    policy,
    { base: hasBase ? 0 : undefined, models: hasBase ? 1 : 0 },
  )
  for (const warning of shared.warnings) on.warnings.add(warning)
  const made: number[] = []
  for (const [index, member] of members.entries()) {
    const { tensors } = on.nodes[member] as PlanNode
    const family = on.families[member] as Family
    const rows: (readonly RowPart[] | null)[] = []
    for (const tensor of tensors) rows.push(hasTokenRows(tensor) ? await rowParts(on, tensor, index, members, shared, policy) : null)
    const sized = tensors.map((tensor) => (hasTokenRows(tensor) ? { ...tensor, shape: [tensor.shape[0] ?? 1, shared.rows] } : tensor))
    const metadata = withVocabulary(family.metadata, shared)
    made.push(
      on.push(
        { op: 'rows', kind: 'model', tensors: sized, of: { node: member, tensors: tensors.map((_, tensor) => tensor) }, rows },
        { ...family, metadata },
      ),
    )
  }
  return made
}

/** A row of another member is that of its tensor of the same name; a head that is tied there is its embedding. */
async function rowParts(
  on: Compiler,
  { name }: PlanTensor,
  index: number,
  members: readonly number[],
  { sources, rowsOf }: SharedVocabulary,
  { approximate = 0 }: TokenizerPolicy,
): Promise<RowPart[]> {
  const all = members.map((node, member): TokenRows => {
    const { tensors } = on.nodes[node] as PlanNode
    const own = tensors.findIndex((tensor) => tensor.name === name)
    const tensor = own < 0 ? tensors.findIndex(({ name: other }) => other === 'token_embd.weight') : own
    return { node, tensor, rowOf: rowsOf[member] ?? new Map() }
  })
  const ofMember = ({ member, row }: MemberRow): RowOf => ({
    node: all[member]?.node as number,
    tensor: all[member]?.tensor as number,
    row,
  })
  const own = sources[index] ?? []
  const likened = new Map<RowSource, RowOf[]>()
  for (const [member, donor] of all.entries()) {
    const like = own.filter((source) => isLike(source) && source.like.member === member) as { readonly like: MemberRow }[]
    if (like.length === 0) continue
    const missing = like.map((source) => source.like.row)
    const sums = await approximateRows(on.derived, all[index] as TokenRows, donor, missing, approximate)
    for (const [at, sum] of sums.entries()) likened.set(like[at] as RowSource, sum)
  }
  return own.map((source) => {
    if (isLike(source)) return likened.get(source) ?? []
    return typeof source === 'object' ? source.map(ofMember) : source
  })
}

const isLike = (source: RowSource): source is { readonly like: MemberRow } => typeof source === 'object' && 'like' in source

/** One row a token. */
const hasTokenRows = ({ name }: PlanTensor): boolean => /^(token_embd|output)\.weight$/.test(name)

function withVocabulary(metadata: GgufMetadata, { metadata: vocabulary, rows }: SharedVocabulary): GgufMetadata {
  const changed = new Map([...metadata].filter(([key]) => !key.startsWith('tokenizer.') || key === 'tokenizer.chat_template'))
  for (const [key, value] of vocabulary) if (key !== 'tokenizer.chat_template') changed.set(key, value)
  const size = `${textOf(metadata, 'general.architecture')}.vocab_size`
  if (changed.has(size)) changed.set(size, { type: 'uint32', value: rows })
  return changed
}
