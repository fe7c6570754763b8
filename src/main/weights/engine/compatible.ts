import { TributaryError } from '../../../shared/errors'
import { canonicalJson } from '../../../shared/json'
import type { GgmlType } from '../gguf/types/ggml-type'
import { type GgufMetadata, listOf, textOf } from '../gguf/types/header'
import type { Child, PlanTensor } from './plan'

/** What two models must share to meet in a merge. */
export interface Family {
  readonly name: string
  readonly metadata: GgufMetadata
  /** type of its coarsest matrix, for a model that comes from a file */
  readonly coarsest?: GgmlType
  /** the weights of the checkpoint that it comes from, where it comes from one */
  readonly checkpoint?: string
}

/** Keys (after the architecture's name) that change what a tensor means, each in words. */
const shapeKeys = {
  block_count: 'their number of layers',
  embedding_length: 'the width of their stream',
  feed_forward_length: 'the width of their feed-forward layers',
  'attention.head_count': 'their number of attention heads',
  'attention.head_count_kv': 'their number of heads for keys and values',
  'attention.key_length': 'the length of their keys',
  'attention.value_length': 'the length of their values',
  'rope.freq_base': 'the base of their rotations',
  'rope.dimension_count': 'how many dimensions are rotated',
  'rope.scaling.type': 'how positions are scaled',
  'rope.scaling.factor': 'how far positions are scaled',
  expert_count: 'their number of experts',
  expert_used_count: 'how many experts a token goes to',
} as const

/** What a file means that leaves a key out, as llama.cpp reads it. */
const usual: Readonly<Record<string, number | string>> = { 'rope.freq_base': 10_000, 'rope.scaling.type': 'none' }

/** Throws `weights-mismatch` (architecture, sizes) or `vocabulary-mismatch`, naming both models and what differs. */
export function checkCompatible(a: Family, b: Family): void {
  const architecture = textOf(a.metadata, 'general.architecture')
  const other = textOf(b.metadata, 'general.architecture')
  if (architecture !== other)
    throw mismatch('E_ARCH', `${a.name} is a ${architecture} model and ${b.name} a ${other} model: their weights mean different things.`)
  for (const [key, words] of Object.entries(shapeKeys)) {
    const given = [a, b].map(({ metadata }) => metadata.get(`${architecture}.${key}`)?.value)
    if (given.every((value) => value === undefined)) continue
    const [left, right] = given.map((value) => value ?? usual[key])
    if (left === undefined || right === undefined || canonicalJson(plain(left)) === canonicalJson(plain(right))) continue
    throw mismatch('E_ARCH', `${a.name} and ${b.name} differ in ${words}, ${key}: ${String(left)} and ${String(right)}.`)
  }
  checkVocabulary(a, b)
}

const plain = (value: unknown): unknown => (typeof value === 'bigint' ? String(value) : Array.isArray(value) ? value.map(plain) : value)

function checkVocabulary(a: Family, b: Family): void {
  const [left, right] = [a, b].map(({ metadata }) => listOf(metadata, 'tokenizer.ggml.tokens'))
  if (left === undefined || right === undefined) return
  const differing = left.length === right.length ? left.findIndex((token, id) => token !== right[id]) : Math.min(left.length, right.length)
  if (differing < 0 && textOf(a.metadata, 'tokenizer.ggml.model') === textOf(b.metadata, 'tokenizer.ggml.model')) return
  throw new TributaryError(
    'vocabulary-mismatch',
    left.length === right.length
      ? `${a.name} and ${b.name} have different vocabularies: token ${differing} is ${JSON.stringify(left[differing])} in one and ${JSON.stringify(right[differing])} in the other.`
      : `${a.name} and ${b.name} have different vocabularies: ${left.length} and ${right.length} tokens.`,
    {
      hint: 'Choose a tokenizer in the Merger (that of the base, or the union), or combine these two by their texts instead.',
      details: { card: 'E_VOCAB' },
    },
  )
}

interface Member {
  readonly node: number
  readonly tensors: readonly PlanTensor[]
  readonly family: Family
}

/** Constants that a file may carry or leave out. */
const constants = /^rope_(freqs|factors_long|factors_short)\.weight$|\.rope_freqs\.weight$/

/**
 * The tensors of the leading member (plus an output head that only others have), and where each is found in every member. A member whose head is
 * tied to its embedding uses the embedding as head. Throws `weights-mismatch` naming the tensor that is missing, extra, or of another shape.
 */
export function alignTensors(members: readonly Member[]): {
  readonly tensors: readonly PlanTensor[]
  readonly lead: Child
  readonly others: readonly Child[]
} {
  const [lead, ...rest] = members as [Member, ...Member[]]
  const tensors = [...lead.tensors]
  const head = members.flatMap((member) => member.tensors).find(({ name }) => name === 'output.weight')
  if (head && !tensors.some(({ name }) => name === 'output.weight')) tensors.push(head)
  const names = new Set(tensors.map(({ name }) => name))
  for (const member of rest)
    for (const { name } of member.tensors)
      if (!names.has(name) && !constants.test(name))
        throw mismatch('E_MISSING', `${member.family.name} has the tensor ${name}, which ${lead.family.name} lacks.`)
  const [leadChild, ...others] = members.map((member) => ({
    node: member.node,
    tensors: tensors.map((tensor) => find(tensor, member, lead)),
  }))
  return { tensors, lead: leadChild as Child, others }
}

function find(tensor: PlanTensor, member: Member, lead: Member): number {
  const own = member.tensors.findIndex(({ name }) => name === tensor.name)
  const index = own < 0 && tensor.name === 'output.weight' ? member.tensors.findIndex(({ name }) => name === 'token_embd.weight') : own
  const found = member.tensors[index]
  // a constant is copied from the leading model; any index will do
  if (found === undefined && constants.test(tensor.name)) return 0
  if (found === undefined)
    throw mismatch('E_MISSING', `${member.family.name} lacks the tensor ${tensor.name}, which ${lead.family.name} has.`)
  if (found.shape.join() !== tensor.shape.join() && !constants.test(tensor.name))
    throw mismatch(
      'E_SHAPE',
      `The tensor ${tensor.name} is ${tensor.shape.join(' × ')} in ${lead.family.name} and ${found.shape.join(' × ')} in ${member.family.name}.`,
    )
  return index
}

export const isConstant = (name: string): boolean => constants.test(name)

export function mismatch(card: string, message: string): TributaryError {
  return new TributaryError('weights-mismatch', message, { hint: 'Merge models that were tuned from one ancestor.', details: { card } })
}
