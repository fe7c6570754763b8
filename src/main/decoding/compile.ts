import { TributaryError } from '../../shared/errors'
import { type DistributionExpression, isLeaf, leavesOf, type Prompt } from '../../shared/expression'
import { canonicalJson, type Json } from '../../shared/json'
import { nameInWords } from '../../shared/names'
import { Leaf } from './leaf'
import type { BridgeTools, LongWork, Operator } from './operator'
import { operators } from './operators'
import { paramValues } from './params'
import type { Row, RowSpace } from './row'
import type { Runtime, SourceModel, TokenEmbeddings, Vocabulary } from './source'
import { sourceNames } from './source-names'

/** A distribution expression ready to run: its leaves (equal ones once), and a tree of nodes over them. */
export interface Compiled {
  readonly root: PlanNode
  readonly leaves: readonly Leaf[]
  readonly vocabulary: Vocabulary
  /** what the first leaf continues; a drafter continues it too */
  readonly firstPrompt: Prompt
}

export type PlanNode = LeafNode | OperatorNode

export interface LeafNode {
  readonly type: 'leaf'
  readonly leaf: Leaf
}

export interface OperatorNode {
  readonly type: 'operator'
  readonly operator: Operator
  readonly inputs: Readonly<Record<string, PlanNode | readonly PlanNode[] | undefined>>
  readonly params: Readonly<Record<string, Json>>
  readonly out: Row
  readonly vocabulary: Vocabulary
  /** `data` of the operator's bridge, or what it prepared */
  bridge: unknown
  /** kept from token to token */
  state: unknown
}

/**
 * Checks everything that can be known before a token is drawn: operators, params, inputs, one vocabulary, prompts that fit. Loads models through `describe`.
 * Throws `not-found`, `input-missing`, `input-type`, `vocabulary-mismatch`, `context-overflow`, and what `describe` throws.
 */
export async function compile(
  expression: DistributionExpression,
  runtime: Runtime,
  space: RowSpace,
  work: LongWork = { signal: new AbortController().signal, progress: () => undefined },
): Promise<Compiled> {
  const leaves = new Map<string, Leaf>()
  const models = new Map<string, SourceModel>()
  await describeAll(expression, runtime, models)
  const names = sourceNames(expression)

  const build: Build = async (part, role) => {
    if (isLeaf(part)) {
      const json = canonicalJson(part)
      const key = `${role ?? ''}${json}` // a judge reads ahead, so it shares no sequence with a source
      const source = models.get(part.model.id) as SourceModel
      const leaf = leaves.get(key) ?? (await Leaf.of(source, part.prompt, names.get(json) ?? part.model.name))
      leaves.set(key, leaf)
      return { type: 'leaf', leaf }
    }
    return buildOperator(part as OperatorExpression, build, { space, work, derived: runtime.derived })
  }
  const root = await build(expression)
  const [first] = leavesOf(expression)
  if (first === undefined) throw new TributaryError('input-missing', 'The distribution has no model in it.')
  const vocabulary = vocabularyOf(root)
  for (const leaf of leaves.values()) if (leaf.source.vocabulary.fingerprint !== vocabulary.fingerprint) leaf.followBytes()
  return { root, leaves: [...leaves.values()], vocabulary, firstPrompt: first.prompt }
}

type Build = (part: DistributionExpression, role?: 'judge') => Promise<PlanNode>
type OperatorExpression = Exclude<DistributionExpression, { readonly model: unknown }>

async function buildOperator(part: OperatorExpression, build: Build, tools: Omit<BridgeTools, 'embeddings'>): Promise<OperatorNode> {
  const operator = operators.get(part.op)
  if (operator === undefined) throw new TributaryError('not-found', `There is no decoding operator called “${part.op}”.`)
  const { spec, work } = operator
  const inputs: Record<string, PlanNode | readonly PlanNode[] | undefined> = {}
  const counts: Record<string, number> = {}
  for (const [port, { arity, role }] of Object.entries(spec.inputs)) {
    const given = part.inputs[port]
    const parts = given === undefined ? [] : Array.isArray(given) ? (given as DistributionExpression[]) : [given as DistributionExpression]
    if (parts.length === 0 && arity !== 'optional') {
      throw new TributaryError('input-missing', `${spec.title} has nothing on its input “${nameInWords(port)}”.`, {
        place: { port },
      })
    }
    if (parts.length > 1 && arity !== 'some') {
      throw new TributaryError('input-type', `${spec.title} takes one distribution on its input “${nameInWords(port)}”.`, {
        place: { port },
      })
    }
    const nodes: PlanNode[] = []
    for (const item of parts) nodes.push(await build(item, role))
    if (role === 'judge' && nodes.some(({ type }) => type !== 'leaf')) {
      throw new TributaryError('input-type', `${spec.title} takes one model as its judge, not a mix.`, { place: { port } })
    }
    counts[port] = nodes.length
    inputs[port] = arity === 'some' ? nodes : nodes[0]
  }
  const params = paramValues(spec, part.params)
  work.check?.(params, counts)
  const { vocabulary, data } = work.bridge
    ? await work.bridge(vocabulariesOf(inputs), params, { ...tools, embeddings: embeddingsOf(inputs, spec.title) })
    : {
        vocabulary: oneVocabulary(spec.title, sourcesOf(operator, inputs)),
        data: undefined,
      }
  const reserve = work.reserve?.(params)
  if (reserve !== undefined)
    for (const input of Object.values(inputs))
      if (input !== undefined && 'type' in input && input.type === 'leaf') input.leaf.reserve(reserve)
  const out = tools.space.row(vocabulary.size)
  return { type: 'operator', operator, inputs, params, out, vocabulary, bridge: data, state: work.start?.(params) }
}

/** The inputs whose rows the operator reads: all but judges. */
function sourcesOf({ spec }: Operator, inputs: OperatorNode['inputs']): PlanNode[] {
  return Object.entries(inputs).flatMap(([port, input]) => (input === undefined || spec.inputs[port]?.role === 'judge' ? [] : input))
}

function vocabulariesOf(inputs: OperatorNode['inputs']): Record<string, Vocabulary[]> {
  return Object.fromEntries(
    Object.entries(inputs).map(([port, input]) => [
      port,
      (Array.isArray(input) ? input : input ? [input] : []).map((item: PlanNode) => vocabularyOf(item)),
    ]),
  )
}

/** Each input's table of embeddings, to be asked for: `model-unsupported` where its first model has none. */
function embeddingsOf(inputs: OperatorNode['inputs'], title: string): Record<string, (() => TokenEmbeddings)[]> {
  const tableOf = (node: PlanNode) => (): TokenEmbeddings => {
    const { source, name } = leavesUnder(node)[0] as Leaf
    if (source.embeddings !== undefined) return source.embeddings
    throw new TributaryError('model-unsupported', `${title} compares what tokens mean, but ${name} has no table of embeddings to read.`, {
      hint: 'use “Average across vocabularies”, which compares their text',
    })
  }
  return Object.fromEntries(
    Object.entries(inputs).map(([port, input]) => [port, (input === undefined ? [] : Array.isArray(input) ? input : [input]).map(tableOf)]),
  )
}

async function describeAll(expression: DistributionExpression, runtime: Runtime, models: Map<string, SourceModel>): Promise<void> {
  if (isLeaf(expression)) {
    const { model } = expression
    if (!models.has(model.id)) models.set(model.id, await runtime.describe(model))
    return
  }
  for (const input of Object.values((expression as OperatorExpression).inputs ?? {})) {
    for (const part of Array.isArray(input) ? input : [input]) await describeAll(part as DistributionExpression, runtime, models)
  }
}

export const vocabularyOf = (node: PlanNode): Vocabulary => (node.type === 'leaf' ? node.leaf.source.vocabulary : node.vocabulary)

/** The vocabulary that all inputs share. Throws `vocabulary-mismatch` and names two leaves that differ. */
function oneVocabulary(title: string, inputs: readonly PlanNode[]): Vocabulary {
  const [first, ...others] = inputs
  if (first === undefined) throw new TributaryError('input-missing', `${title} has no input.`)
  const vocabulary = vocabularyOf(first)
  const other = others.find((input) => vocabularyOf(input).fingerprint !== vocabulary.fingerprint)
  if (other !== undefined) {
    throw new TributaryError(
      'vocabulary-mismatch',
      `${title} needs one vocabulary, but ${nameOf(first)} and ${nameOf(other)} cut text into different tokens.`,
      { hint: 'put “Align vocabulary” before one of them, or average them with “Average across vocabularies”' },
    )
  }
  return vocabulary
}

const nameOf = (node: PlanNode): string => (node.type === 'leaf' ? node.leaf.name : leavesUnder(node)[0]?.name) ?? 'an input'

/** Leaves below a node in order of appearance, those behind lazy inputs left out unless `lazy`. */
export function leavesUnder(node: PlanNode, lazy = true): Leaf[] {
  if (node.type === 'leaf') return [node.leaf]
  return Object.entries(node.inputs).flatMap(([port, input]) => {
    const { role, lazy: isLazy } = node.operator.spec.inputs[port] ?? {}
    if (input === undefined || role === 'judge' || (!lazy && isLazy)) return []
    return (Array.isArray(input) ? input : [input]).flatMap((item: PlanNode) => leavesUnder(item, lazy))
  })
}
