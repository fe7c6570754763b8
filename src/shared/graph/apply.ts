import { isJsonObject, type Json } from '../json'
import { type Change, changesOf, type Diff, keyed, splitPath } from './diff'
import type { GraphDocument } from './document'
import { documentShape, type Shape } from './shape'

/**
 * The document after a change. What the change does not touch stays the same object. Records are set to what the change says whatever stood there before,
 * so a change made on another state still lands; `merge3` is for changes that may collide.
 */
export function apply(document: GraphDocument, diff: Diff): GraphDocument {
  const changes = changesOf(diff)
  if (changes.length === 0) return document
  const tree = grow(changes)
  return applyTree(document, documentShape, tree) as GraphDocument
}

/** Changes arranged by their paths. */
interface Branch {
  readonly change?: Change
  readonly children: Map<string, Branch>
}

function grow(changes: readonly Change[]): Branch {
  const root: Branch = { children: new Map() }
  for (const change of changes) {
    const parts = splitPath(change.path)
    let at = root
    for (const [i, part] of parts.entries()) {
      const known = at.children.get(part) ?? { children: new Map<string, Branch>() }
      const next = i === parts.length - 1 ? { ...known, change } : known
      at.children.set(part, next)
      at = next
    }
  }
  return root
}

function applyTree(value: unknown, shape: Shape, branch: Branch): unknown {
  if (shape.kind === 'wires' || shape.kind === 'items') return applyToList(value, shape.kind, branch)
  const members = new Map<string, unknown>(Object.entries(isJsonObject(value) ? value : {}))
  for (const [key, { change, children }] of branch.children) {
    const member = shape.kind === 'group' && Object.hasOwn(shape.members, key) ? shape.members[key] : undefined
    const inner = shape.kind === 'groups' ? shape.each : member
    if (inner === undefined) setMember(members, key, change?.to)
    else if (shape.kind === 'groups' && change?.to === undefined && change?.from !== undefined) members.delete(key)
    else {
      const next = applyTree(members.get(key) ?? emptyBody(shape), inner, { children })
      if (inner.kind === 'records' && inner.optional && isJsonObject(next) && Object.keys(next).length === 0) members.delete(key)
      else members.set(key, next)
    }
  }
  return Object.fromEntries(members)
}

function setMember(members: Map<string, unknown>, key: string, value: Json | undefined): void {
  if (value === undefined) members.delete(key)
  else members.set(key, value)
}

/** A subgraph begins with all its collections, so that whoever reads it finds them. */
const emptyBody = (shape: Shape): unknown =>
  shape.kind === 'groups'
    ? { interface: { inputs: {}, outputs: {} }, nodes: {}, wires: [], ui: { nodes: {}, frames: [], notes: [] } }
    : undefined

function applyToList(value: unknown, kind: 'wires' | 'items', branch: Branch): unknown[] {
  const items = new Map<string, unknown>(keyed(Array.isArray(value) ? value : [], kind))
  for (const [key, { change }] of branch.children) setMember(items, key, change?.to)
  return [...items.values()]
}
