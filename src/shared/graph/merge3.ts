import { isJsonObject, type Json, type JsonObject } from '../json'
import { apply } from './apply'
import { type Change, changesOf, type Diff, diffDocuments, sameJson, splitPath } from './diff'
import type { GraphDocument } from './document'

/** Two changes of one thing that cannot both stand. The merged document has `ours`. */
export interface Conflict {
  /** e.g. `nodes/rank` */
  readonly path: string
  /** the member in dispute (`params.temperature`), where it is only one */
  readonly member?: string
  readonly base?: Json
  readonly ours?: Json
  readonly theirs?: Json
  readonly message: string
}

export interface Merged {
  readonly document: GraphDocument
  readonly conflicts: readonly Conflict[]
}

/**
 * Brings two descendants of one document together. Records that one side changed are taken from it; a record that both changed is merged member by member (and params one by one);
 * what both changed differently is a conflict: ours stands, and it is listed. Removed here and changed there keeps the changed one: work is not thrown away. Layout never conflicts: ours wins.
 */
export function merge3(base: GraphDocument, ours: GraphDocument, theirs: GraphDocument): Merged {
  const mine = new Map(changesOf(diffDocuments(base, ours)).map((change) => [change.path, change]))
  const conflicts: Conflict[] = []
  const added: { [path: string]: Json } = {}
  const removed: { [path: string]: Json } = {}
  for (const change of changesOf(diffDocuments(base, theirs))) {
    const own = mine.get(change.path)
    const result = own === undefined ? change.to : mergeRecord(own, change, conflicts)
    if (result === undefined) removed[change.path] = change.from ?? null
    else added[change.path] = result
  }
  restoreHomes(base, ours, theirs, added, removed)
  const diff: Diff = { added, updated: {}, removed }
  return { document: apply(ours, diff), conflicts }
}

/** The record as both sides together want it; undefined: it goes. */
function mergeRecord(ours: Change, theirs: Change, conflicts: Conflict[]): Json | undefined {
  const { path, from: base } = ours
  if (isEqual(ours.to, theirs.to)) return ours.to
  const isLayout = splitPath(path).includes('ui')
  if (ours.to === undefined || theirs.to === undefined) {
    if (isLayout) return ours.to
    const message = `${path} was removed on one side and changed on the other; the changed one is kept`
    conflicts.push(conflict(path, base, ours.to, theirs.to, message))
    return ours.to ?? theirs.to
  }
  if (isLayout) return ours.to
  if (isJsonObject(ours.to) && isJsonObject(theirs.to))
    return mergeMembers(path, '', isJsonObject(base ?? null) ? (base as JsonObject) : {}, ours.to, theirs.to, conflicts)
  conflicts.push(conflict(path, base, ours.to, theirs.to, `${path} was changed differently on both sides; ours stands`))
  return ours.to
}

function mergeMembers(
  path: string,
  prefix: string,
  base: JsonObject,
  ours: JsonObject,
  theirs: JsonObject,
  conflicts: Conflict[],
): JsonObject {
  const merged: { [key: string]: Json } = {}
  for (const key of new Set([...Object.keys(base), ...Object.keys(ours), ...Object.keys(theirs)])) {
    const [was, mine, other] = [base[key], ours[key], theirs[key]]
    const member = `${prefix}${key}`
    let value: Json | undefined
    if (isEqual(mine, other) || isEqual(was, other)) value = mine
    else if (isEqual(was, mine)) value = other
    else if (prefix === '' && mine !== undefined && other !== undefined && isJsonObject(mine) && isJsonObject(other)) {
      value = mergeMembers(path, `${key}.`, was !== undefined && isJsonObject(was) ? was : {}, mine, other, conflicts)
    } else {
      conflicts.push({
        ...conflict(path, was, mine, other, `${member} of ${path} was changed differently on both sides; ours stands`),
        member,
      })
      value = mine
    }
    if (value !== undefined) merged[key] = value
  }
  return merged
}

const isEqual = (a: Json | undefined, b: Json | undefined): boolean => (a === undefined || b === undefined ? a === b : sameJson(a, b))

function conflict(path: string, base: Json | undefined, ours: Json | undefined, theirs: Json | undefined, message: string): Conflict {
  return {
    path,
    ...(base === undefined ? {} : { base }),
    ...(ours === undefined ? {} : { ours }),
    ...(theirs === undefined ? {} : { theirs }),
    message,
  }
}

/** A subgraph that they removed stays whole where we changed something in it; one that we removed comes back whole where they did. */
function restoreHomes(
  base: GraphDocument,
  ours: GraphDocument,
  theirs: GraphDocument,
  added: { [path: string]: Json },
  removed: { [path: string]: Json },
): void {
  for (const id of Object.keys(base.subgraphs)) {
    const mark = `subgraphs/${id}`
    const within = (path: string): boolean => path.startsWith(`${mark}/`)
    const [weHave, theyHave] = [Object.hasOwn(ours.subgraphs, id), Object.hasOwn(theirs.subgraphs, id)]
    if (weHave === theyHave) continue
    const survivor = weHave ? ours : theirs
    const wasTouched = changesOf(diffDocuments(base, survivor)).some(({ path }) => within(path))
    if (!wasTouched) continue
    delete removed[mark]
    for (const path of Object.keys(removed)) if (within(path)) delete removed[path]
    if (weHave) continue
    const empty: GraphDocument = { ...theirs, subgraphs: {} }
    const whole = diffDocuments(empty, { ...theirs, subgraphs: { [id]: theirs.subgraphs[id] as GraphDocument['subgraphs'][string] } })
    Object.assign(added, whole.added)
  }
}
