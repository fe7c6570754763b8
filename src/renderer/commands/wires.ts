import { Cable, Radio, Waypoints } from 'lucide-react'
import { edited } from '../../shared/graph/diff'
import { formatEndpoint, type GraphDocument, parseEndpoint } from '../../shared/graph/document'
import { setLinkName, setWirePoints } from '../../shared/graph/edit'
import { portsInBody } from '../../shared/graph/ports'
import type { NodeSpecs } from '../../shared/graph/specs'
import { bestPort } from '../canvas/connecting'
import type { App } from '../state/app'
import { connected } from '../state/editing'
import { selectOnly } from '../state/flow'
import { edit } from '../state/session'
import { toast } from '../state/view'
import { defineCommand } from './command'
import { canEdit, hasGraph, sessionOf } from './helpers'

/** The selected wires, by their ends. */
const chosen = (app: App) => {
  const { wires, selectedWires } = sessionOf(app).flow.getState()
  return wires.flatMap(({ id, data }) => (data && selectedWires.includes(id) ? [data] : []))
}
const hasWires = (app: App) => canEdit(app) && chosen(app).length > 0

/** The selected cards, each with the next one, from left to right. */
function pairs(app: App): (readonly [left: string, right: string])[] {
  const { nodes, selectedNodes } = sessionOf(app).flow.getState()
  const cards = nodes
    .filter(({ id }) => selectedNodes.includes(id) && !id.includes(':'))
    .sort((a, b) => a.position.x - b.position.x || a.position.y - b.position.y)
  return cards.slice(1).map(({ id }, i) => [cards[i]?.id ?? '', id] as const)
}

/** A wire from one card to another, through the first ports that fit; undefined where none do. */
function wireBetween(
  document: GraphDocument,
  specs: NodeSpecs,
  [left, right]: readonly [string, string],
): { readonly from: string; readonly to: string } | undefined {
  const outputs = [...(portsInBody(document, specs, document).get(left)?.outputs.values() ?? [])]
  for (const { name, wire } of outputs) {
    const from = formatEndpoint({ node: left, port: name })
    const to = bestPort(document, specs, right, { end: from, side: 'from', kind: wire })
    if (to !== undefined) return { from, to }
  }
  return undefined
}

/** The node whose wires are gone through. */
let anchor: string | undefined

export default [
  defineCommand({
    id: 'connect',
    title: 'Connect the selected nodes, from left to right',
    group: 'Node',
    icon: Cable,
    keys: ['Shift+W'],
    synonyms: ['wire', 'link', 'join'],
    isEnabled: (app) => canEdit(app) && pairs(app).length > 0,
    run: (app) => {
      const { specs } = app.catalog.getState()
      const isChanged = edit(sessionOf(app), 'Connect', (before) => {
        const after = pairs(app).reduce((document, [left, right]) => {
          const isWired = document.wires.some(({ from, to }) => parseEndpoint(from)?.node === left && parseEndpoint(to)?.node === right)
          const wire = isWired ? undefined : wireBetween(document, specs, [left, right])
          return wire ? connected(document, specs, wire.from, wire.to) : document
        }, before)
        return edited(before, after)
      })
      if (!isChanged) toast(app.view, 'info', 'No free ports of these fit.', { hint: 'Drag a wire to see what does, and what converts.' })
    },
  }),
  defineCommand({
    id: 'next-wire',
    title: 'Select the next wire of this node',
    group: 'Select',
    keys: ['W'],
    synonyms: ['edge', 'link'],
    isEnabled: hasGraph,
    run: (app) => {
      const { flow } = sessionOf(app)
      const { wires, selectedNodes, selectedWires } = flow.getState()
      const now = wires.find(({ id }) => selectedWires.includes(id))
      const node = selectedNodes[0] ?? (now && [now.source, now.target].find((end) => end === anchor)) ?? now?.source
      anchor = node
      const own = node === undefined ? wires : wires.filter(({ source, target }) => source === node || target === node)
      const next = own[(own.findIndex(({ id }) => id === now?.id) + 1) % Math.max(1, own.length)]
      // The node itself is not selected any more: Delete would take it along.
      if (next) selectOnly(flow, [], [next.id])
    },
  }),
  defineCommand({
    id: 'send-by-name',
    title: 'Send by name, or draw again',
    group: 'Node',
    icon: Radio,
    keys: ['Alt+L'],
    menus: ['wire'],
    synonyms: ['named link', 'set get', 'wireless', 'teleport', 'hide wire'],
    isEnabled: hasWires,
    run: (app) => {
      const session = sessionOf(app)
      const wires = chosen(app)
      const name = wires.some(({ layout }) => layout?.name === undefined) ? nameFor(wires[0]?.from ?? '') : undefined
      edit(session, name === undefined ? 'Draw the wire' : 'Send by name', (document) => setLinkName(document, { wires, name }))
    },
  }),
  defineCommand({
    id: 'straighten',
    title: 'Take all points off the wire',
    group: 'Arrange',
    icon: Waypoints,
    menus: ['wire'],
    synonyms: ['reroute', 'straighten'],
    isEnabled: (app) => hasWires(app) && chosen(app).some(({ layout }) => (layout?.points?.length ?? 0) > 0),
    run: (app) => void edit(sessionOf(app), 'Straighten', (document) => setWirePoints(document, { wires: chosen(app), points: [] })),
  }),
]

/** What a wire carries, by where it comes from. */
const nameFor = (from: string): string => from.replace(/^@/, '').replace(/\.text$/, '')
