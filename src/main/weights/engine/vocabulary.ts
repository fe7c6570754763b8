import { TributaryError } from '../../../shared/errors'
import type { TokenizerPolicy } from '../../../shared/expression'
import { type GgufMetadata, type GgufValue, listOf, textOf } from '../gguf/types/header'
import { refuse } from '../settings'
import type { Family } from './compatible'

/**
 * One vocabulary for models that have different ones, before their weights meet: which tokens the result has, and, for every model, where each of its
 * embedding rows comes from. The rules and names are MergeKit's (Goddard et al. 2024, arXiv:2403.13257).
 */
export interface SharedVocabulary {
  /** rows of the result's embedding: its tokens, and padding */
  readonly rows: number
  /** the vocabulary part of the result's metadata, rewritten */
  readonly metadata: GgufMetadata
  /** of each member, in order: one source a row */
  readonly sources: readonly (readonly RowSource[])[]
  /** of each member: token → row */
  readonly rowsOf: readonly ReadonlyMap<string, number>[]
  readonly warnings: readonly string[]
}

/** Its own row of this number; the mean of rows of members (none: zeros); the mean of all rows that are no padding; or what is like a row of another member. */
export type RowSource = number | readonly MemberRow[] | 'mean' | { readonly like: MemberRow }

export interface MemberRow {
  readonly member: number
  readonly row: number
}

interface Vocabulary {
  readonly family: Family
  readonly tokens: readonly string[]
  readonly types: readonly number[]
  readonly scores: readonly number[] | undefined
  /** token → row; places that are only filling are no tokens */
  readonly rowOf: ReadonlyMap<string, number>
}

const unused = 5
const userDefined = 4

/** `members`: the base first where there is one, then the models; `base` says which of them is the base, `models` where the models begin. */
export function shareVocabulary(
  members: readonly Family[],
  policy: TokenizerPolicy,
  { base, models }: { readonly base: number | undefined; readonly models: number },
): SharedVocabulary {
  const vocabularies = members.map(readVocabulary)
  const memberOf = (model: number | 'base'): number => {
    const member = model === 'base' ? base : models + model
    if (member === undefined || members[member] === undefined)
      refuse('The tokenizer', `names ${model === 'base' ? 'the base' : `model ${model + 1}`}, which this merge does not have`)
    return member as number
  }
  const lead = policy.source === 'base' || policy.source === 'union' ? (base ?? 0) : memberOf(policy.source)
  const tokens = tokensOf(vocabularies, policy, lead)
  const warnings: string[] = []
  const fills = tokens.map((token) => fillOf(token, vocabularies, policy, base, memberOf, warnings))
  const rows = padded(tokens.length, policy.padToMultipleOf)
  const sources = vocabularies.map(({ rowOf }) =>
    Array.from({ length: rows }, (_, id): RowSource => {
      const token = tokens[id]
      if (token === undefined) return 'mean'
      const own = rowOf.get(token)
      const fill = fills[id] as readonly MemberRow[]
      const named = Object.hasOwn(policy.tokens ?? {}, token) ? policy.tokens?.[token] : undefined
      if (own !== undefined && !named?.force) return own
      return policy.approximate !== undefined && named?.source === undefined && fill[0] ? { like: fill[0] } : fill
    }),
  )
  return {
    rows,
    metadata: metadataOf(vocabularies, lead, tokens, rows, policy.source === 'union'),
    sources,
    rowsOf: vocabularies.map(({ rowOf }) => rowOf),
    warnings,
  }
}

function readVocabulary(family: Family): Vocabulary {
  const tokens = (listOf(family.metadata, 'tokenizer.ggml.tokens') ?? refuse(family.name, 'has no vocabulary to share')).map(String)
  const types = numbers(family.metadata, 'tokenizer.ggml.token_type') ?? tokens.map(() => 1)
  const rowOf = new Map<string, number>()
  for (const [row, token] of tokens.entries()) if (!isFilling(token, types[row]) && !rowOf.has(token)) rowOf.set(token, row)
  return { family, tokens, types, scores: numbers(family.metadata, 'tokenizer.ggml.scores'), rowOf }
}

const numbers = (metadata: GgufMetadata, key: string): number[] | undefined => listOf(metadata, key)?.map(Number)

/** Rows beyond the last token stand in a file as unused tokens of a made-up name. */
const isFilling = (token: string, type: number | undefined): boolean => type === unused && /^\[PAD\d+\]$/.test(token)

function tokensOf(vocabularies: readonly Vocabulary[], { source, tokens = {} }: TokenizerPolicy, lead: number): string[] {
  const first = vocabularies[lead] as Vocabulary
  const inOrder = source === 'union' ? [first, ...vocabularies.filter((one) => one !== first)] : [first]
  const kindOf = ({ family }: Vocabulary): string => `${textOf(family.metadata, 'tokenizer.ggml.model')}`
  const other = vocabularies.find((one) => kindOf(one) !== kindOf(first))
  if (other || (source === 'union' && kindOf(first) !== 'gpt2'))
    throw new TributaryError(
      'vocabulary-mismatch',
      other
        ? `The vocabularies of ${first.family.name} (${kindOf(first)}) and ${other.family.name} (${kindOf(other)}) are of different kinds: their tokens cannot be told to be the same.`
        : `The vocabulary of ${first.family.name} is of the kind ${kindOf(first)}: only byte-level BPE vocabularies can be united.`,
      { hint: 'Keep the vocabulary of the base, or combine these models by their texts instead.', details: { card: 'E_VOCAB' } },
    )
  // a hole in the middle of the first vocabulary keeps its place: ids of later tokens must not move
  const kept = lastToken(first)
  const all = first.tokens.slice(0, kept)
  const known = new Set(all)
  for (const one of [...inOrder.slice(1).map(({ rowOf }) => [...rowOf.keys()]), Object.keys(tokens)].flat()) {
    if (known.has(one)) continue
    known.add(one)
    all.push(one)
  }
  return all
}

const lastToken = ({ tokens, types }: Vocabulary): number => {
  let count = tokens.length
  while (count > 0 && isFilling(tokens[count - 1] ?? '', types[count - 1])) count--
  return count
}

/** What stands in a model that lacks the token: what the table says, else the row of the only model that has it, else the base's, else the mean. */
function fillOf(
  token: string,
  vocabularies: readonly Vocabulary[],
  { tokens = {} }: TokenizerPolicy,
  base: number | undefined,
  memberOf: (model: number | 'base') => number,
  warnings: string[],
): readonly MemberRow[] {
  const given = Object.hasOwn(tokens, token) ? tokens[token]?.source : undefined
  if (given?.kind === 'zero') return []
  if (given?.kind === 'model') {
    const member = memberOf(given.model)
    const wanted = given.token ?? token
    const row = typeof wanted === 'number' ? wanted : vocabularies[member]?.rowOf.get(wanted)
    if (row === undefined || row >= (vocabularies[member]?.tokens.length ?? 0))
      refuse(
        'The tokenizer',
        `takes ${JSON.stringify(token)} from ${JSON.stringify(wanted)} of ${vocabularies[member]?.family.name}, which has no such token`,
      )
    return [{ member, row: row as number }]
  }
  const having = vocabularies.flatMap(({ rowOf }, member) => {
    const row = rowOf.get(token)
    return row === undefined ? [] : [{ member, row }]
  })
  if (having.length === 0) {
    if (!isFilling(token, unused)) warnings.push(`No model has the token ${JSON.stringify(token)}: its embedding is zero.`)
    return []
  }
  const ofBase = having.find(({ member }) => member === base)
  return having.length > 1 && ofBase ? [ofBase] : having
}

function padded(count: number, multiple = 1): number {
  if (!Number.isInteger(multiple) || multiple < 1 || multiple > 65_536)
    refuse('The tokenizer', `pads to multiples of ${multiple}; it goes from 1 to 65,536`)
  return Math.ceil(count / multiple) * multiple
}

function metadataOf(
  vocabularies: readonly Vocabulary[],
  lead: number,
  tokens: readonly string[],
  rows: number,
  isUnion: boolean,
): GgufMetadata {
  const first = vocabularies[lead] as Vocabulary
  const all = [first, ...vocabularies.filter((one) => one !== first)]
  const find = <T>(token: string, id: number, of: (one: Vocabulary, row: number) => T | undefined): T | undefined => {
    if (id < first.tokens.length && first.tokens[id] === token) return of(first, id)
    for (const one of all) {
      const row = one.rowOf.get(token)
      if (row !== undefined) return of(one, row)
    }
    return undefined
  }
  const names = Array.from({ length: rows }, (_, id) => tokens[id] ?? `[PAD${id}]`)
  const types = names.map((token, id) =>
    id < tokens.length ? (find(token, id, ({ types: own }, row) => own[row]) ?? userDefined) : unused,
  )
  const result = new Map<string, GgufValue>([...first.family.metadata].filter(([key]) => key.startsWith('tokenizer.')))
  result.set('tokenizer.ggml.tokens', { type: 'array', items: 'string', value: names })
  result.set('tokenizer.ggml.token_type', { type: 'array', items: 'int32', value: types })
  if (first.scores) {
    const scores = names.map((token, id) => find(token, id, ({ scores: own }, row) => own?.[row]) ?? 0)
    result.set('tokenizer.ggml.scores', { type: 'array', items: 'float32', value: scores })
  }
  if (isUnion) {
    const merges = new Set(all.flatMap(({ family }) => (listOf(family.metadata, 'tokenizer.ggml.merges') ?? []).map(String)))
    result.set('tokenizer.ggml.merges', { type: 'array', items: 'string', value: [...merges] })
  }
  return result
}
