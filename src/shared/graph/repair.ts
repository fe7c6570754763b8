import { type GraphDocument, graphDocument } from './document'
import { freshId, slugify } from './ids'
import type { Issue, IssueCode } from './issue'
import { renameKey } from './rename-key'

/** A JSON tree of our own that may be changed while it is repaired. */
export type Draft = { [key: string]: unknown }

export interface Repaired {
  readonly document: GraphDocument
  readonly issues: readonly Issue[]
}

type Path = readonly (string | number)[]

/**
 * Makes a graph document out of any JSON object. What does not fit the schema is put right where there is one honest way (a missing title, an id with a space)
 * and otherwise moved, as it was, to the list `setAside` of the document. Each change is an issue, so nothing is lost and nothing is silent.
 */
export function repair(draft: Draft): Repaired {
  const issues: Issue[] = []
  for (let round = 0; round < maxRounds; round++) {
    const parsed = graphDocument.safeParse(draft)
    if (parsed.success) return { document: distinguish(parsed.data, issues), issues }
    const holes = new Set<unknown[]>()
    for (const problem of parsed.error.issues) {
      const path = problem.path.filter((part) => typeof part !== 'symbol')
      if (problem.code === 'invalid_key') renameKey(draft, path.map(String), issues)
      else fix(draft, path, problem.message, issues, holes)
    }
    for (const array of holes) array.splice(0, array.length, ...array.filter((item) => item !== hole))
  }
  return giveUp(draft, issues)
}

const maxRounds = 24
const hole = Symbol('taken out')

/** What a required member becomes when it is missing or unusable. Anything else that is required takes its whole owner aside. */
const fillers: readonly { readonly at: readonly string[]; readonly value: (path: Path) => unknown }[] = [
  { at: ['version'], value: () => 1 },
  { at: ['id'], value: () => 'g_recovered' },
  { at: ['nodes', '*', 'type'], value: () => 'unknown' },
  { at: ['interface', 'inputs', '*', 'type'], value: () => 'any' },
  { at: ['interface', 'outputs', '*', 'type'], value: () => 'any' },
  { at: ['ui', 'nodes', '*', 'x'], value: () => 0 },
  { at: ['ui', 'nodes', '*', 'y'], value: () => 0 },
  { at: ['ui', 'notes', '*', 'id'], value: (path) => `note-${Number(path.at(-2)) + 1}` },
  { at: ['ui', 'notes', '*', 'x'], value: () => 0 },
  { at: ['ui', 'notes', '*', 'y'], value: () => 0 },
  { at: ['ui', 'notes', '*', 'width'], value: () => 240 },
  { at: ['ui', 'notes', '*', 'height'], value: () => 160 },
  { at: ['ui', 'notes', '*', 'text'], value: () => '' },
  { at: ['ui', 'frames', '*', 'id'], value: (path) => `frame-${Number(path.at(-2)) + 1}` },
  { at: ['ui', 'frames', '*', 'title'], value: () => '' },
  { at: ['ui', 'frames', '*', 'nodes'], value: () => [] },
]

function fix(draft: Draft, path: Path, reason: string, issues: Issue[], holes: Set<unknown[]>): void {
  const { owner, key, depth } = resolve(draft, path)
  if (owner === undefined || key === undefined) return
  const reached = path.slice(0, depth)
  const present = depth === path.length && read(owner, key) !== undefined
  const filler = fillers.find(({ at }) => matches(at, path))
  if (present) setAside(draft, reached, read(owner, key), reason, issues)
  if (isBrokenNode(reached)) write(owner, key, { type: 'unknown', v: 1, params: {} })
  else if (filler && depth === path.length) {
    write(owner, key, filler.value(path))
    if (!present) report(issues, 'repaired', reached, `${dotted(reached)} was missing and is now ${JSON.stringify(filler.value(path))}`)
  } else if (present) remove(owner, key, holes)
  else removeOwner(draft, path.slice(0, -1), reason, issues, holes)
}

/** A required member is missing and nothing can stand in for it: its owner goes aside whole. */
function removeOwner(draft: Draft, path: Path, reason: string, issues: Issue[], holes: Set<unknown[]>): void {
  const { owner, key, depth } = resolve(draft, path)
  if (owner === undefined || key === undefined || depth !== path.length) return
  const value = read(owner, key)
  if (value === hole || value === undefined) return
  setAside(draft, path, value, reason, issues)
  remove(owner, key, holes)
}

/** `nodes.<id>` that is no object at all: the id keeps its place (wires point to it) as a ghost. */
const isBrokenNode = (path: Path): boolean =>
  path.at(-2) === 'nodes' && (path.length === 2 || (path.length === 4 && path[0] === 'subgraphs'))

function matches(pattern: readonly string[], path: Path): boolean {
  const inBody = path[0] === 'subgraphs' && path.length > 2 ? path.slice(2) : path
  if (inBody !== path && pattern[0] === 'id') return false
  return pattern.length === inBody.length && pattern.every((part, i) => part === '*' || part === String(inBody[i]))
}

/** The deepest place on the way to `path` that exists, as owner and key; `depth` says how many parts of the path it is. */
function resolve(draft: Draft, path: Path): { owner?: object; key?: string | number; depth: number } {
  let owner: object = draft
  for (const [i, key] of path.entries()) {
    const last = i === path.length - 1
    const next = read(owner, key)
    if (last || typeof next !== 'object' || next === null) return { owner, key, depth: i + 1 }
    owner = next
  }
  return { depth: 0 }
}

function read(owner: object, key: string | number): unknown {
  return Object.hasOwn(owner, key) ? (owner as Draft)[key] : undefined
}

function write(owner: object, key: string | number, value: unknown): void {
  ;(owner as Draft)[key] = value
}

function remove(owner: object, key: string | number, holes: Set<unknown[]>): void {
  if (Array.isArray(owner)) {
    owner[Number(key)] = hole
    holes.add(owner)
  } else delete (owner as Draft)[key]
}

const dotted = (path: Path): string => path.map(String).join('.')

function setAside(draft: Draft, path: Path, value: unknown, reason: string, issues: Issue[]): void {
  if (!Array.isArray(draft.setAside)) draft.setAside = draft.setAside === undefined ? [] : [{ at: 'setAside', value: draft.setAside }]
  if (Array.isArray(draft.setAside)) draft.setAside.push({ at: dotted(path), value })
  const shown = JSON.stringify(value)?.slice(0, 120) ?? 'nothing'
  report(issues, 'set-aside', path, `${dotted(path)} could not be used (${reason}); its value ${shown} is kept aside in the file`)
}

function report(issues: Issue[], code: IssueCode, path: Path, message: string): void {
  const scope = path[0] === 'subgraphs' && path.length > 1 ? String(path[1]) : undefined
  const inBody = scope === undefined ? path : path.slice(2)
  const node = inBody[0] === 'nodes' && inBody.length > 1 ? String(inBody[1]) : undefined
  issues.push({ code, severity: 'warning', message, ...(scope === undefined ? {} : { scope }), ...(node === undefined ? {} : { node }) })
}

/** Notes and frames are found by id: a second one of the same id gets a fresh one. */
function distinguish(document: GraphDocument, issues: Issue[]): GraphDocument {
  const fixUi = <Body extends Pick<GraphDocument, 'ui'>>(body: Body, path: Path): Body => {
    const frames = withUniqueIds(body.ui.frames, [...path, 'ui', 'frames'], issues)
    const notes = withUniqueIds(body.ui.notes, [...path, 'ui', 'notes'], issues)
    return frames === body.ui.frames && notes === body.ui.notes ? body : { ...body, ui: { ...body.ui, frames, notes } }
  }
  const fixed = fixUi(document, [])
  const subgraphs = Object.entries(fixed.subgraphs).map(([id, body]) => [id, fixUi(body, ['subgraphs', id])] as const)
  return { ...fixed, subgraphs: Object.fromEntries(subgraphs) }
}

function withUniqueIds<Item extends { id: string }>(items: Item[], path: Path, issues: Issue[]): Item[] {
  const seen = new Set<string>()
  if (new Set(items.map(({ id }) => id)).size === items.length) return items
  return items.map((item) => {
    const id = freshId(slugify(item.id), (wanted) => seen.has(wanted))
    if (seen.has(item.id))
      report(issues, 'renamed', path, `${dotted(path)} had two entries with the id “${item.id}”; the second is now “${id}”`)
    seen.add(id)
    return id === item.id ? item : { ...item, id }
  })
}

/** Cannot be reached by any file we know of; if one is found, everything goes aside and an empty graph opens. */
function giveUp(draft: Draft, issues: Issue[]): Repaired {
  issues.push({ code: 'set-aside', severity: 'error', message: 'the graph could not be repaired; all of it is kept aside in the file' })
  const document = graphDocument.parse({ format: 'tributary/graph', version: 1, id: 'g_recovered', setAside: [{ at: '', value: draft }] })
  return { document, issues }
}
