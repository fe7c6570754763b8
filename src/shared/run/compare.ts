import { type GraphDocument, parseEndpoint } from '../graph/document'
import { sortTopologically, topologyOf } from '../graph/topology'
import type { TraceOutline } from '../trace/trace'
import type { NodeState, RunState } from './fold'

/** A run as far as a comparison needs it. */
export interface ComparedRun {
  readonly document: GraphDocument
  readonly state: Pick<RunState, 'nodes'>
  /** what the graph was given */
  readonly inputs: Readonly<Record<string, unknown>>
}

export interface NodeDifference {
  readonly node: string
  /** ports whose values differ; empty where the node has a value in some runs only */
  readonly ports: readonly string[]
  readonly why: 'not everywhere' | 'failed' | 'settings' | 'wires' | 'inputs' | 'seed' | 'model or world'
  /** params or inputs of the graph by name, where those are the reason */
  readonly what: readonly string[]
}

/**
 * The first node, in the order in which values flow, whose results differ between the runs. Values are compared by their hashes, so this costs nothing however
 * long they are. Undefined: all results are equal.
 */
export function firstDifferentNode(runs: readonly ComparedRun[]): NodeDifference | undefined {
  const [first] = runs
  if (!first) return undefined
  const ids = [...new Set(runs.flatMap(({ document }) => Object.keys(document.nodes)))]
  const { order } = sortTopologically(topologyOf(first.document))
  const inOrder = [...order, ...ids.filter((id) => !Object.hasOwn(first.document.nodes, id))]
  for (const node of inOrder) {
    const difference = differenceAt(node, runs)
    if (difference) return difference
  }
  return undefined
}

function differenceAt(node: string, runs: readonly ComparedRun[]): NodeDifference | undefined {
  const states = runs.map(({ state }) => (Object.hasOwn(state.nodes, node) ? state.nodes[node] : undefined))
  if (states.every((state) => !hasResult(state) && state?.phase !== 'failed')) return undefined
  if (states.some((state) => state?.phase === 'failed') && !states.every((state) => state?.phase === 'failed'))
    return { node, ports: [], why: 'failed', what: [] }
  if (states.some((state) => !hasResult(state))) return { node, ports: [], why: 'not everywhere', what: [] }
  const names = [...new Set(states.flatMap((state) => Object.keys(state?.outputs ?? {})))]
  const ports = names.filter((port) => new Set(states.map((state) => state?.outputs[port]?.sha)).size > 1)
  if (ports.length === 0) return undefined
  return { node, ports, ...reasonAt(node, runs) }
}

/** Of the first node that differs: what comes out of other nodes into it is equal, so it is one of these. */
function reasonAt(node: string, runs: readonly ComparedRun[]): Pick<NodeDifference, 'why' | 'what'> {
  const differ = (value: (run: ComparedRun) => unknown) => new Set(runs.map((run) => JSON.stringify(value(run)) ?? '')).size > 1
  if (differ(({ document }) => settingsOf(document, node))) {
    const names = [...new Set(runs.flatMap(({ document }) => Object.keys(document.nodes[node]?.params ?? {})))]
    return { why: 'settings', what: names.filter((name) => differ(({ document }) => document.nodes[node]?.params[name])) }
  }
  if (differ(({ document }) => sourcesOf(document, node))) return { why: 'wires', what: [] }
  const given = (runs[0] ? sourcesOf(runs[0].document, node) : []).flatMap((from) => (from.startsWith('@') ? [from.slice(1)] : []))
  const changed = given.filter((name) => differ(({ inputs }) => inputs[name]))
  if (changed.length > 0) return { why: 'inputs', what: changed }
  return { why: differ(({ state }) => state.nodes[node]?.seed) ? 'seed' : 'model or world', what: [] }
}

const sourcesOf = ({ wires }: GraphDocument, node: string): string[] =>
  wires.flatMap(({ from, to }) => (parseEndpoint(to)?.node === node ? [from] : []))

const hasResult = (state: NodeState | undefined): boolean => state !== undefined && Object.keys(state.outputs).length > 0

function settingsOf(document: GraphDocument, node: string): string {
  const found = document.nodes[node]
  return found ? JSON.stringify([found.type, found.v, Object.entries(found.params).sort(), found.seed ?? null]) : ''
}

export interface TokenDifference {
  /** counted from 0 */
  readonly index: number
  /** what each says there; undefined: its text had ended */
  readonly texts: readonly (string | undefined)[]
  /** the last of what all agree on, for reading it in its place */
  readonly before: string
}

const contextLength = 60

/** The first token at which texts that were written token by token part; undefined: they do not. */
export function firstDifferentToken(outlines: readonly Pick<TraceOutline, 'tokens'>[]): TokenDifference | undefined {
  return firstDifferentPart(outlines.map(({ tokens }) => tokens.map(({ text }) => text)))
}

/** The same of words, for texts without a trace. */
export const firstDifferentWord = (texts: readonly string[]): TokenDifference | undefined =>
  firstDifferentPart(texts.map((text) => text.match(/\s*\S+\s*$|\s*\S+/g) ?? []))

function firstDifferentPart(lists: readonly (readonly string[])[]): TokenDifference | undefined {
  const longest = Math.max(0, ...lists.map((list) => list.length))
  for (let index = 0; index < longest; index++) {
    const texts = lists.map((list) => list[index])
    if (new Set(texts).size > 1) {
      const before = (lists[0] ?? []).slice(Math.max(0, index - 24), index).join('')
      return { index, texts, before: before.slice(-contextLength) }
    }
  }
  return undefined
}
