import type { Json } from '../json'
import type { GraphDocument, GraphWire, NodeLayout } from './document'
import { type SemanticChange, semanticDiff } from './semantic-diff'
import type { NodeSpecs } from './specs'

/** How a thing on the canvas differs between two documents, and what of it changed. */
export interface DiffMark {
  readonly kind: SemanticChange['kind']
  /** for `changed`: each param or property with its two values */
  readonly changes: readonly { readonly name: string; readonly from?: Json; readonly to?: Json }[]
}

/** Two documents drawn as one: everything of `after`, and what it lost, where it stood. */
export interface DiffOverlay {
  readonly document: GraphDocument
  /** by node id, `@input` or `=output` */
  readonly nodes: ReadonlyMap<string, DiffMark>
  /** by `from>to` */
  readonly wires: ReadonlyMap<string, 'added' | 'removed'>
  /** all of it in words, the changes inside of subgraphs too */
  readonly changes: readonly SemanticChange[]
}

/** Moves are not changes. Something that is gone and whose place was taken stands a little lower. */
export function overlayDiff(before: GraphDocument, after: GraphDocument, specs: NodeSpecs): DiffOverlay {
  const changes = semanticDiff(before, after, specs)
  const nodes = new Map<string, DiffMark>()
  const wires = new Map<string, 'added' | 'removed'>()
  for (const change of changes) {
    if (change.scope !== undefined) continue
    if (change.what === 'wire') wires.set(change.name.replace(' → ', '>'), change.kind === 'removed' ? 'removed' : 'added')
    const id = placeOf(change)
    if (id === undefined) continue
    if (change.kind !== 'changed') nodes.set(id, { kind: change.kind, changes: [] })
    else nodes.set(id, { kind: 'changed', changes: [...(nodes.get(id)?.changes ?? []), ...partsOf(change)] })
    if (change.what === 'output') markOutputWire(change, wires)
  }
  return { document: together(before, after, nodes), nodes, wires, changes }
}

function placeOf({ what, name, node }: SemanticChange): string | undefined {
  if (node !== undefined) return node
  return what === 'input' ? `@${name}` : what === 'output' ? `=${name}` : undefined
}

function partsOf({ name, title = name, what, from, to, sentence }: SemanticChange): DiffMark['changes'] {
  const isPort = what === 'input' || what === 'output'
  const values = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  return [isPort ? { name: sentence.slice(sentence.indexOf(':') + 1).trim() } : { name: title, ...values }]
}

function markOutputWire({ name, from, to }: SemanticChange, wires: Map<string, 'added' | 'removed'>): void {
  const sourceOf = (value: Json | undefined) =>
    value !== undefined && typeof value === 'object' && value !== null && 'from' in value ? String(value.from) : undefined
  const [was, is] = [sourceOf(from), sourceOf(to)]
  if (was === is) return
  if (is !== undefined) wires.set(`${is}>=${name}`, 'added')
  else if (was !== undefined) wires.set(`${was}>=${name}`, 'removed')
}

function together(before: GraphDocument, after: GraphDocument, marks: ReadonlyMap<string, DiffMark>): GraphDocument {
  const gone = [...marks].flatMap(([id, { kind }]) => (kind === 'removed' ? [id] : []))
  const has = new Set(after.wires.map(endsOf))
  return {
    ...after,
    interface: {
      ...after.interface,
      inputs: { ...pick(before.interface.inputs, gone, '@'), ...after.interface.inputs },
      outputs: { ...pick(before.interface.outputs, gone, '='), ...after.interface.outputs },
    },
    models: { ...before.models, ...after.models },
    subgraphs: { ...before.subgraphs, ...after.subgraphs },
    nodes: { ...pick(before.nodes, gone, ''), ...after.nodes },
    wires: [...after.wires, ...before.wires.filter((wire) => !has.has(endsOf(wire)))],
    ui: { ...after.ui, nodes: { ...ghostPlaces(before, after, gone), ...after.ui.nodes } },
  }
}

const endsOf = ({ from, to }: GraphWire): string => `${from}>${to}`

function pick<T>(from: { readonly [id: string]: T }, ids: readonly string[], sign: string): { [id: string]: T } {
  const names = ids.flatMap((id) => (sign === '' ? [id] : id.startsWith(sign) ? [id.slice(1)] : []))
  return Object.fromEntries(names.flatMap((name) => (Object.hasOwn(from, name) ? [[name, from[name] as T]] : [])))
}

const near = 60
const stepDown = 190

function ghostPlaces(before: GraphDocument, after: GraphDocument, gone: readonly string[]): { [id: string]: NodeLayout } {
  const taken = Object.entries(after.ui.nodes).map(([, place]) => place)
  const isTaken = (x: number, y: number) => taken.some((place) => Math.abs(place.x - x) < near && Math.abs(place.y - y) < near)
  return Object.fromEntries(
    gone.flatMap((id) => {
      const place = before.ui.nodes[id]
      if (!place) return []
      let { y } = place
      while (isTaken(place.x, y)) y += stepDown
      taken.push({ ...place, y })
      return [[id, { ...place, y }]]
    }),
  )
}
