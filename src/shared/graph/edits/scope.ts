import { TributaryError } from '../../errors'
import { type Edited, edited } from '../diff'
import type { GraphBody, GraphDocument, GraphNode } from '../document'
import { has } from '../ids'
import { withoutStrays } from './wire-ui'

/** Which graph an edit works on: a subgraph by its id, else the graph itself. */
export interface Scoped {
  readonly scope?: string | undefined
}

export function bodyOf(document: GraphDocument, scope: string | undefined): GraphBody {
  if (scope === undefined) return document
  const body = has(document.subgraphs, scope) ? document.subgraphs[scope] : undefined
  if (!body) throw new TributaryError('not-found', `there is no inner graph “${scope}”`)
  return body
}

/** The document with a changed body: only its interface, nodes, wires and layout are taken. When the body is the same object, so is the document. */
export function withBody(document: GraphDocument, scope: string | undefined, body: GraphBody): GraphDocument {
  if (body === bodyOf(document, scope)) return document
  const { interface: face, nodes, wires, ui } = body
  if (scope === undefined) return { ...document, interface: face, nodes, wires, ui }
  const before = document.subgraphs[scope]
  return before
    ? { ...document, subgraphs: { ...document.subgraphs, [scope]: { ...before, interface: face, nodes, wires, ui } } }
    : document
}

/** An edit of one body, told with its difference. What was said of wires that it takes away goes with them. */
export function editBody(document: GraphDocument, { scope }: Scoped, change: (body: GraphBody) => GraphBody): Edited {
  const before = bodyOf(document, scope)
  return edited(document, withBody(document, scope, withoutStrays(before, change(before))))
}

export function nodeOf(body: GraphBody, id: string): GraphNode {
  const node = has(body.nodes, id) ? body.nodes[id] : undefined
  if (!node) throw new TributaryError('not-found', `there is no node “${id}”`, { place: { node: id } })
  return node
}

/** One node changed; the same body if the change gives the same object. */
export function withNode(body: GraphBody, id: string, change: (node: GraphNode) => GraphNode): GraphBody {
  const before = nodeOf(body, id)
  const after = change(before)
  return after === before ? body : { ...body, nodes: { ...body.nodes, [id]: after } }
}

/** A record without some keys; the same object if none of them is in it. */
export function omit<T>(record: { [key: string]: T }, keys: Iterable<string>): { [key: string]: T } {
  const gone = new Set(keys)
  if (!Object.keys(record).some((key) => gone.has(key))) return record
  return Object.fromEntries(Object.entries(record).filter(([key]) => !gone.has(key)))
}

/** A member set, or taken out when the value is undefined. The same object if nothing changes. */
export function setMember<T extends object, K extends keyof T>(target: T, key: K, value: T[K] | undefined): T {
  if (target[key] === value) return target
  const rest = Object.fromEntries(Object.entries(target).filter(([name]) => name !== key)) as T
  return value === undefined ? rest : { ...target, [key]: value }
}
