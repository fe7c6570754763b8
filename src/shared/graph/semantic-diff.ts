import { isJsonObject, type Json } from '../json'
import { titleIn } from '../names'
import { changesOf, diffDocuments, sameJson, splitPath } from './diff'
import type { GraphDocument } from './document'
import { nameNode } from './issue'
import { nameEnd } from './name-end'
import type { NodeSpecs } from './specs'

/** A difference in meaning, told to a person. Layout is never one. */
export interface SemanticChange {
  readonly kind: 'added' | 'removed' | 'changed'
  readonly what: 'node' | 'wire' | 'input' | 'output' | 'model' | 'subgraph' | 'param' | 'property'
  /** id of the subgraph; absent for the graph itself */
  readonly scope?: string
  /** the node that it concerns, where it concerns one */
  readonly node?: string
  /** name of what changed: a node id, `from → to` of a wire, a param, an alias, … */
  readonly name: string
  /** what people read in place of the name of a param */
  readonly title?: string
  readonly from?: Json
  readonly to?: Json
  readonly sentence: string
}

/** What one would have to do to make `after` out of `before`, moves and folding left out. Nodes first, then wires, then the rest; an empty list means equal in meaning. With specs, params and ports are told by their titles; without, as they stand in files. */
export function semanticDiff(before: GraphDocument, after: GraphDocument, specs: NodeSpecs = noSpecs): SemanticChange[] {
  const changes = changesOf(diffDocuments(before, after)).flatMap(({ path, from, to }) => {
    const parts = splitPath(path)
    const inSubgraph = parts[0] === 'subgraphs' && parts.length > 2
    const place = inSubgraph ? { scope: parts[1] ?? '' } : {}
    const names = { before, after, specs, ...place }
    return explain(inSubgraph ? parts.slice(2) : parts, from, to, names).map((change) => ({ ...change, ...place }))
  })
  return changes.sort((a, b) => order.indexOf(a.what) - order.indexOf(b.what) || compareText(a.name, b.name))
}

/** One change a line, `+`, `−` or `~` first, subgraphs under headings; empty when nothing changed. */
export function describeChanges(changes: readonly SemanticChange[]): string {
  const sign = { added: '+', removed: '-', changed: '~' } as const
  const inner = [...new Set(changes.flatMap(({ scope }) => scope ?? []))].sort()
  return [undefined, ...inner]
    .flatMap((scope) => [
      ...(scope === undefined ? [] : [`in the inner graph “${scope}”:`]),
      ...changes
        .filter((change) => change.scope === scope)
        .map(({ kind, sentence }) => `${scope === undefined ? '' : '  '}${sign[kind]} ${sentence}`),
    ])
    .join('\n')
}

const order: readonly SemanticChange['what'][] = ['node', 'param', 'property', 'wire', 'input', 'output', 'model', 'subgraph']
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

interface Names {
  readonly before: GraphDocument
  readonly after: GraphDocument
  readonly specs: NodeSpecs
  readonly scope?: string
}

const noSpecs: NodeSpecs = new Map()

type Bare = Omit<SemanticChange, 'scope'>

function explain(parts: readonly string[], from: Json | undefined, to: Json | undefined, names: Names): Bare[] {
  const [head = '', ...rest] = parts
  const name = rest.join('/')
  if (head === 'ui' || head === 'format' || head === 'version') return []
  if (head === 'nodes') return explainNode(name, from, to, names)
  if (head === 'wires') {
    const [start = '', end = ''] = name.split('>')
    return [whole('wire', `${start} → ${end}`, from, to, `the wire ${nameWire(start, end, names)}`)]
  }
  if (head === 'interface' && rest[0] === 'inputs') return [whole('input', rest[1] ?? '', from, to, `the input “${rest[1]}”`)]
  if (head === 'interface' && rest[0] === 'outputs') return [whole('output', rest[1] ?? '', from, to, `the output “${rest[1]}”`)]
  if (head === 'models') return [whole('model', name, from, to, `the model “${name}”`)]
  if (head === 'subgraphs') return [whole('subgraph', name, from, to, `the inner graph “${name}”`)]
  return [property(parts.join('.'), from, to, {}, 'the graph')]
}

function whole(what: Bare['what'], name: string, from: Json | undefined, to: Json | undefined, subject: string): Bare {
  const values = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  if (from === undefined) return { kind: 'added', what, name, ...values, sentence: `${subject} is new` }
  if (to === undefined) return { kind: 'removed', what, name, ...values, sentence: `${subject} is gone` }
  return { kind: 'changed', what, name, ...values, sentence: `${subject} changed: ${members(from, to)}` }
}

function members(from: Json, to: Json): string {
  if (!isJsonObject(from) || !isJsonObject(to)) return `${show(from)} → ${show(to)}`
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort()
  const changed = keys.filter((key) => !sameJson(from[key] ?? null, to[key] ?? null))
  return changed.map((key) => `${key} ${show(from[key])} → ${show(to[key])}`).join(', ')
}

function explainNode(id: string, from: Json | undefined, to: Json | undefined, names: Names): Bare[] {
  const subject = nodeName(id, to ?? from)
  if (from === undefined || to === undefined || !isJsonObject(from) || !isJsonObject(to)) {
    const type = typeOf(to ?? from)
    return [{ ...whole('node', id, from, to, `the node ${subject}, a ${names.specs.get(type)?.title ?? type},`), node: id }]
  }
  const spec = names.specs.get(typeOf(to))
  const params = compareMembers(from.params, to.params).map(([name, before, after]) => {
    const title = titleIn(spec, 'inputs', name)
    return { ...property(name, before, after, { node: id }, subject, title), ...(title === name ? {} : { title }), what: 'param' as const }
  })
  const others = compareMembers({ ...from, params: null }, { ...to, params: null }).map(([name, before, after]) =>
    property(name, before, after, { node: id }, nodeName(id, bodyNode(names, id) ?? to)),
  )
  return [...others, ...params]
}

const typeOf = (node: Json | undefined): string =>
  node !== undefined && isJsonObject(node) && typeof node.type === 'string' ? node.type : ''

/** A wire by what a person reads on its cards; without specs, as the file has it. */
function nameWire(from: string, to: string, { before, after, specs, scope }: Names): string {
  if (specs.size === 0) return `${from} → ${to}`
  const bodyOf = (document: GraphDocument) => (scope === undefined ? document : document.subgraphs[scope])
  const nodes = { ...bodyOf(before)?.nodes, ...bodyOf(after)?.nodes }
  return `from ${nameEnd(from, 'outputs', { nodes }, specs)} to ${nameEnd(to, 'inputs', { nodes }, specs)}`
}

/** A node is called by its former title: that is what a person looks for. */
function bodyNode({ before, scope }: Names, id: string): Json | undefined {
  const body = scope === undefined ? before : before.subgraphs[scope]
  return body && Object.hasOwn(body.nodes, id) ? (body.nodes[id] as Json) : undefined
}

function nodeName(id: string, node: Json | undefined): string {
  const title = node !== undefined && isJsonObject(node) && typeof node.title === 'string' ? { title: node.title } : {}
  return nameNode(id, title)
}

function compareMembers(from: Json | undefined, to: Json | undefined): [name: string, from: Json | undefined, to: Json | undefined][] {
  const before = from !== undefined && isJsonObject(from) ? from : {}
  const after = to !== undefined && isJsonObject(to) ? to : {}
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return keys
    .map((key): [string, Json | undefined, Json | undefined] => [key, before[key], after[key]])
    .filter(([, a, b]) => (a === undefined || b === undefined ? a !== b : !sameJson(a, b)))
}

function property(
  name: string,
  from: Json | undefined,
  to: Json | undefined,
  place: { node?: string },
  subject: string,
  title = name,
): Bare {
  const values = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  return { kind: 'changed', what: 'property', name, ...place, ...values, sentence: `${subject}: ${title} ${show(from)} → ${show(to)}` }
}

/** A value in a line: long texts show how they begin and how long they are. */
function show(value: Json | undefined): string {
  if (value === undefined) return 'none'
  if (typeof value === 'string') {
    const line = value.replaceAll('\n', '⏎')
    return line.length > 48 ? `“${line.slice(0, 40)}…” (${value.length} characters)` : `“${line}”`
  }
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 52)}…` : text
}
