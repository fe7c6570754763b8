import type { Json } from '../json'
import { isJsonObject } from '../json'
import type { GraphDocument } from './document'
import { documentShape, type Shape } from './shape'

/**
 * A change of a document as three sets of records, by path (`nodes/rank`, `ui/nodes/rank`, `subgraphs/sg/wires/a.text>b.prompt`).
 * Plain JSON: it is journalled, sent to other windows, and undone by swapping.
 */
export interface Diff {
  readonly added: { readonly [path: string]: Json }
  readonly updated: { readonly [path: string]: readonly [from: Json, to: Json] }
  readonly removed: { readonly [path: string]: Json }
}

export interface Edited {
  readonly document: GraphDocument
  readonly diff: Diff
}

export const emptyDiff: Diff = { added: {}, updated: {}, removed: {} }

export const isEmpty = (diff: Diff): boolean => [diff.added, diff.updated, diff.removed].every((part) => Object.keys(part).length === 0)

/** An edit told by its two ends. Parts that are the same object are not looked into. */
export const edited = (before: GraphDocument, document: GraphDocument): Edited => ({ document, diff: diffDocuments(before, document) })

export function diffDocuments(before: GraphDocument, after: GraphDocument): Diff {
  const diff: Draft = { added: {}, updated: {}, removed: {} }
  compare(before, after, documentShape, [], diff)
  return diff
}

/** The change that takes it back. */
export function reverse(diff: Diff): Diff {
  const updated = Object.entries(diff.updated).map(([path, [from, to]]) => [path, [to, from]] as const)
  return { added: diff.removed, updated: Object.fromEntries(updated), removed: diff.added }
}

/** Two changes, one after the other, as one: a whole drag is one entry of the history. */
export function squash(first: Diff, second: Diff): Diff {
  const ends = new Map<string, { from: Json | undefined; to: Json | undefined }>()
  for (const diff of [first, second]) {
    for (const { path, from, to } of changesOf(diff)) ends.set(path, { from: ends.has(path) ? ends.get(path)?.from : from, to })
  }
  const result: Draft = { added: {}, updated: {}, removed: {} }
  for (const [path, { from, to }] of ends) record(result, path, from, to)
  return result
}

/** One record's way from one value to another; `undefined` is absence. */
export interface Change {
  readonly path: string
  readonly from: Json | undefined
  readonly to: Json | undefined
}

export function changesOf(diff: Diff): Change[] {
  return [
    ...Object.entries(diff.removed).map(([path, from]) => ({ path, from, to: undefined })),
    ...Object.entries(diff.added).map(([path, to]) => ({ path, from: undefined, to })),
    ...Object.entries(diff.updated).map(([path, [from, to]]) => ({ path, from, to })),
  ]
}

/** Ids hold no `/`; keys of unknown fields might, so they are written as in JSON Pointer. */
export const joinPath = (parts: readonly string[]): string =>
  parts.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')
export const splitPath = (path: string): string[] => path.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))

/** The items of a collection by key, in their order. Wires are known by their ends, items by their id; a second one of the same key is counted. */
export function keyed(items: readonly unknown[], kind: 'wires' | 'items'): Map<string, Json> {
  const byKey = new Map<string, Json>()
  for (const item of items) {
    const key = kind === 'wires' ? wireKey(item) : isJsonObject(item) ? String(item.id) : ''
    let unique = key
    for (let n = 2; byKey.has(unique); n++) unique = `${key} (${n})`
    byKey.set(unique, item as Json)
  }
  return byKey
}

const wireKey = (wire: unknown): string => (isJsonObject(wire) ? `${String(wire.from)}>${String(wire.to)}` : '')

interface Draft {
  added: { [path: string]: Json }
  updated: { [path: string]: readonly [Json, Json] }
  removed: { [path: string]: Json }
}

function record(diff: Draft, path: string, from: Json | undefined, to: Json | undefined): void {
  if (from === undefined && to === undefined) return
  if (from === undefined) diff.added[path] = to as Json
  else if (to === undefined) diff.removed[path] = from
  else if (!sameJson(from, to)) diff.updated[path] = [from, to]
}

function compare(before: unknown, after: unknown, shape: Shape, path: readonly string[], diff: Draft): void {
  if (before === after) return
  if (shape.kind === 'wires' || shape.kind === 'items') {
    const from = keyed(Array.isArray(before) ? before : [], shape.kind)
    const to = keyed(Array.isArray(after) ? after : [], shape.kind)
    for (const key of new Set([...from.keys(), ...to.keys()])) record(diff, joinPath([...path, key]), from.get(key), to.get(key))
    return
  }
  const from = isJsonObject(before) ? before : {}
  const to = isJsonObject(after) ? after : {}
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const here = [...path, key]
    const member = shape.kind === 'group' && Object.hasOwn(shape.members, key) ? shape.members[key] : undefined
    if (shape.kind === 'groups') {
      // A group that comes or goes leaves a mark of its own: an empty subgraph is something, too.
      if (Object.hasOwn(from, key) !== Object.hasOwn(to, key)) record(diff, joinPath(here), mark(from, key), mark(to, key))
      compare(from[key], to[key], shape.each, here, diff)
    } else if (member) compare(from[key], to[key], member, here, diff)
    else if (from[key] !== to[key]) record(diff, joinPath(here), from[key], to[key])
  }
}

const mark = (groups: object, key: string): Json | undefined => (Object.hasOwn(groups, key) ? {} : undefined)

/** Equal as JSON. Not recursive on the outside: values are shallow, and what is the same object is equal. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => sameJson(item, b[i] as Json))
  }
  const first = a as { [key: string]: Json | undefined }
  const second = b as { [key: string]: Json | undefined }
  const keys = new Set([...Object.keys(first), ...Object.keys(second)])
  for (const key of keys) {
    const left = first[key]
    const right = second[key]
    if (left === undefined || right === undefined ? left !== right : !sameJson(left, right)) return false
  }
  return true
}
