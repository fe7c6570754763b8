import type { GraphDocument, GraphInterface, GraphNode } from '../../shared/graph/document'
import { innerInterface } from '../../shared/graph/ports'
import type { NodeSpecs } from '../../shared/graph/specs'
import type { NodeSpec } from '../../shared/node-spec'
import { type CardPorts, cardPorts, fedPorts, readPorts } from './card-ports'

/** What a card shows of its node, found once for each change of the document and not once for each card that listens. Pure. */
export interface Card {
  readonly node: GraphNode
  readonly spec: NodeSpec | undefined
  readonly ports: CardPorts
  readonly collapsed: boolean
  readonly pinned: boolean
  readonly color: string | undefined
  /** of what it was made: the same things make the same card */
  readonly of: Sources
}

interface Sources {
  readonly exposed: unknown
  readonly inner: GraphInterface | undefined
  readonly fed: ReadonlySet<string>
  readonly read: ReadonlySet<string>
}

export type Cards = ReadonlyMap<string, Card>
export const noCards: Cards = new Map()

/** The cards of all nodes. What did not change stays the same object, all of them together too; so do the ports of a card that changed otherwise. */
export function mapCards(document: GraphDocument, specs: NodeSpecs, before: Cards): Cards {
  const entries = Object.entries(document.nodes)
  let same = entries.length === before.size
  const cards = new Map<string, Card>()
  for (const [id, node] of entries) {
    const known = before.get(id)
    const card = cardOf(document, specs, id, node, known)
    if (card !== known) same = false
    cards.set(id, card)
  }
  return same ? before : cards
}

function cardOf(document: GraphDocument, specs: NodeSpecs, id: string, node: GraphNode, known: Card | undefined): Card {
  const spec = specs.get(node.type)
  const layout = Object.hasOwn(document.ui.nodes, id) ? document.ui.nodes[id] : undefined
  const { collapsed = false, pinned = false, color } = layout ?? {}
  const of: Sources = {
    exposed: layout?.exposed,
    inner: spec && innerInterface(node, spec, document),
    fed: fedPorts(document, id),
    read: readPorts(document, id),
  }
  const sound = known && known.node === node && known.spec === spec && sameSources(known.of, of)
  if (sound && known.collapsed === collapsed && known.pinned === pinned && known.color === color) return known
  return { node, spec, ports: sound ? known.ports : keptPorts(known, cardPorts(document, specs, id)), collapsed, pinned, color, of }
}

/** A param that was typed into makes no other ports. */
const keptPorts = (known: Card | undefined, found: CardPorts): CardPorts =>
  known && JSON.stringify(known.ports) === JSON.stringify(found) ? known.ports : found

const sameSources = (a: Sources, b: Sources): boolean =>
  a.exposed === b.exposed && a.inner === b.inner && sameNames(a.fed, b.fed) && sameNames(a.read, b.read)

const sameNames = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => {
  if (a === b) return true
  if (a.size !== b.size) return false
  const others = [...b]
  return [...a].every((name, i) => name === others[i])
}

/** The same nodes with the same ports: then the wires are the same, too. */
export const samePorts = (a: Cards, b: Cards): boolean =>
  a === b || (a.size === b.size && [...a].every(([id, card]) => b.get(id)?.ports === card.ports))
