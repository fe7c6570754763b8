import { hashJson } from '../../hash'
import { type Edited, edited } from '../diff'
import { formatEndpoint, type GraphBody, type GraphDocument, type GraphWire, parseEndpoint } from '../document'
import { copyFragment, type Fragment } from '../fragment'
import { freshId, has } from '../ids'
import { aliasOf, aliasValue } from '../models'
import { takenIds } from './nodes'
import { bodyOf, type Scoped, withBody } from './scope'
import { movedLayouts, wireKeyOf, withWireLayouts } from './wire-ui'

export interface PasteFragment extends Scoped {
  readonly fragment: Fragment
  /** where the upper left corner of what is pasted goes; absent: beside where it was */
  readonly at?: { readonly x: number; readonly y: number }
  /** also draw the wires that came in from outside, where their beginnings are here */
  readonly keepIncoming?: boolean
}

/** Pastes a fragment under fresh ids. `ids` says which node became which; models and subgraphs that are the same are not doubled. */
export function pasteFragment(document: GraphDocument, args: PasteFragment): Edited & { readonly ids: ReadonlyMap<string, string> } {
  const { fragment, scope } = args
  const body = bodyOf(document, scope)
  const models = mergeRecord(document.models, fragment.models)
  const subgraphs = mergeRecord(document.subgraphs, fragment.subgraphs)
  const ids = freshIds(body, Object.keys(fragment.nodes))
  const rename = renamer(models.names, subgraphs.names)
  const nodes = Object.entries(fragment.nodes).map(([id, node]) => [ids.get(id) ?? id, rename(node)] as const)
  const added = Object.entries(subgraphs.added).map(([id, inner]) => [id, { ...inner, nodes: mapValues(inner.nodes, rename) }] as const)
  const pasted: GraphBody = {
    ...body,
    nodes: { ...body.nodes, ...Object.fromEntries(nodes) },
    wires: [
      ...body.wires,
      ...fragment.wires.flatMap((wire) => movedWire(wire, ids)),
      ...(args.keepIncoming ? incoming(body, fragment, ids) : []),
    ],
    ui: pastedUi(body, fragment, ids, args.at),
  }
  const withModels = {
    ...document,
    models: { ...document.models, ...models.added },
    subgraphs: { ...document.subgraphs, ...Object.fromEntries(added) },
  }
  return { ...edited(document, withBody(withModels, scope, pasted)), ids }
}

/** The same nodes once more, a step to the side. */
export function duplicateNodes(
  document: GraphDocument,
  args: Scoped & { readonly nodes: readonly string[]; readonly keepIncoming?: boolean },
): Edited & { readonly ids: ReadonlyMap<string, string> } {
  const fragment = copyFragment(document, { scope: args.scope, nodes: args.nodes })
  return pasteFragment(document, {
    scope: args.scope,
    fragment,
    ...(args.keepIncoming === undefined ? {} : { keepIncoming: args.keepIncoming }),
  })
}

function freshIds(body: GraphBody, wanted: readonly string[]): Map<string, string> {
  const ids = new Map<string, string>()
  const taken = takenIds(body)
  for (const id of wanted) {
    const fresh = freshId(id, (name) => taken.has(name))
    taken.add(fresh)
    ids.set(id, fresh)
  }
  return ids
}

/** Entries of a fragment's record that are not in the document yet, under free names; equal ones are found again. */
function mergeRecord<T extends object>(there: { readonly [key: string]: T }, pasted: { readonly [key: string]: T }) {
  const names = new Map<string, string>()
  const added: { [key: string]: T } = {}
  const hashes = new Map(Object.entries(there).map(([key, value]) => [hashJson(value), key]))
  for (const [key, value] of Object.entries(pasted)) {
    const same = has(there, key) && hashJson(there[key]) === hashJson(value) ? key : hashes.get(hashJson(value))
    const name = same ?? freshId(key, (wanted) => has(there, wanted) || has(added, wanted))
    names.set(key, name)
    if (same === undefined) added[name] = value
  }
  return { names, added }
}

function renamer(models: ReadonlyMap<string, string>, subgraphs: ReadonlyMap<string, string>) {
  return (node: GraphBody['nodes'][string]): GraphBody['nodes'][string] => {
    const params = mapValues(node.params, (value) => {
      const alias = aliasOf(value)
      const fresh = alias === undefined ? undefined : models.get(alias)
      return fresh === undefined || fresh === alias ? value : aliasValue(fresh)
    })
    const subgraph = node.subgraph === undefined ? undefined : (subgraphs.get(node.subgraph) ?? node.subgraph)
    return { ...node, params, ...(subgraph === undefined ? {} : { subgraph }) }
  }
}

function mapValues<T>(record: { readonly [key: string]: T }, change: (value: T) => T): { [key: string]: T } {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}

function movedWire(wire: GraphWire, ids: ReadonlyMap<string, string>): GraphWire[] {
  const from = parseEndpoint(wire.from)
  const to = parseEndpoint(wire.to)
  if (!from || !to) return []
  const move = <E extends { node: string }>(end: E): E => ({ ...end, node: ids.get(end.node) ?? end.node })
  return [{ ...wire, from: formatEndpoint(move(from)), to: formatEndpoint(move(to)) }]
}

/** Wires from outside, where what they began at is here. On a port that takes many they stay as many, in their order. */
function incoming(body: GraphBody, fragment: Fragment, ids: ReadonlyMap<string, string>): GraphWire[] {
  return fragment.dangling.flatMap((wire) => {
    const start = parseEndpoint(wire.from)
    const isHere = start && (start.node.startsWith('@') ? has(body.interface.inputs, start.node.slice(1)) : has(body.nodes, start.node))
    const end = parseEndpoint(wire.to)
    const node = end && ids.get(end.node)
    return isHere && end && node !== undefined ? [{ ...wire, to: formatEndpoint({ ...end, node }) }] : []
  })
}

/** How far a copy lands from its original when nobody says where. */
const step = 32

/** The layout of what is pasted, beside that of what was there: places, notes, frames, and how the wires among the nodes are drawn. */
function pastedUi(body: GraphBody, fragment: Fragment, ids: ReadonlyMap<string, string>, at: PasteFragment['at']): GraphBody['ui'] {
  const boxes = [...Object.values(fragment.ui.nodes), ...fragment.ui.notes]
  const left = Math.min(...boxes.map(({ x }) => x))
  const top = Math.min(...boxes.map(({ y }) => y))
  const shift = at && boxes.length > 0 ? { x: at.x - left, y: at.y - top } : { x: step, y: step }
  const nodes = Object.entries(fragment.ui.nodes).map(
    ([id, layout]) => [ids.get(id) ?? id, { ...layout, x: layout.x + shift.x, y: layout.y + shift.y }] as const,
  )
  const moves = fragment.wires.flatMap((wire) => movedWire(wire, ids).map((after) => ({ before: wire, after })))
  const noteIds = freshNames(body.ui.notes, fragment.ui.notes)
  const frameIds = freshNames(body.ui.frames, fragment.ui.frames)
  const keys = new Map(moves.map(({ before, after }) => [wireKeyOf(before), wireKeyOf(after)]))
  const notes = fragment.ui.notes.map((note, i) => ({
    ...note,
    id: noteIds[i] ?? note.id,
    x: note.x + shift.x,
    y: note.y + shift.y,
    ...(note.attachedTo === undefined ? {} : { attachedTo: ids.get(note.attachedTo) ?? keys.get(note.attachedTo) ?? note.attachedTo }),
  }))
  const frames = fragment.ui.frames.map((frame, i) => ({
    ...frame,
    id: frameIds[i] ?? frame.id,
    nodes: frame.nodes.map((id) => ids.get(id) ?? id),
  }))
  return {
    ...withWireLayouts(body.ui, { ...body.ui.wires, ...movedLayouts(fragment.ui, moves, shift) }),
    nodes: { ...body.ui.nodes, ...Object.fromEntries(nodes) },
    notes: [...body.ui.notes, ...notes],
    frames: [...body.ui.frames, ...frames],
  }
}

function freshNames(there: readonly { readonly id: string }[], pasted: readonly { readonly id: string }[]): string[] {
  const taken = new Set(there.map(({ id }) => id))
  return pasted.map(({ id }) => {
    const fresh = freshId(id, (wanted) => taken.has(wanted))
    taken.add(fresh)
    return fresh
  })
}
