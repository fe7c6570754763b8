import { Cable, Radio, Waypoints } from 'lucide-react'
import { edited } from '../../shared/graph/diff'
import { formatEndpoint } from '../../shared/graph/document'
import { setLinkName, setWirePoints } from '../../shared/graph/edit'
import { portsInBody } from '../../shared/graph/ports'
import { bestPort } from '../canvas/connecting'
import type { App } from '../state/app'
import { connected } from '../state/editing'
import { selectOnly } from '../state/flow'
import { edit, shownIn } from '../state/session'
import { toast } from '../state/view'
import { defineCommand } from './command'
import { canEdit, hasGraph, sessionOf } from './helpers'

/** The selected wires, by their ends. */
const chosen = (app: App) => {
  const { wires, selectedWires } = sessionOf(app).flow.getState()
  return wires.flatMap(({ id, data }) => (data && selectedWires.includes(id) ? [data] : []))
}
const hasWires = (app: App) => canEdit(app) && chosen(app).length > 0

/** The two selected cards, the left one first. */
function pair(app: App): [string, string] | undefined {
  const { nodes, selectedNodes } = sessionOf(app).flow.getState()
  const [a, b, ...more] = nodes
    .filter(({ id }) => selectedNodes.includes(id) && !id.includes(':'))
    .sort((x, y) => x.position.x - y.position.x)
  return a && b && more.length === 0 ? [a.id, b.id] : undefined
}

/** A wire from one card to another, through the first ports that fit; undefined where none do. */
function wireBetween(app: App, [left, right]: [string, string]): { readonly from: string; readonly to: string } | undefined {
  const document = shownIn(sessionOf(app))
  const { specs } = app.catalog.getState()
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
    title: 'Connect the two selected nodes',
    group: 'Node',
    icon: Cable,
    keys: ['Shift+W'],
    synonyms: ['wire', 'link', 'join'],
    isEnabled: (app) => canEdit(app) && pair(app) !== undefined,
    run: (app) => {
      const session = sessionOf(app)
      const two = pair(app)
      const wire = two && wireBetween(app, two)
      if (!wire) {
        toast(app.view, 'info', 'No ports of these two fit.', { hint: 'Drag a wire to see what does, and what converts.' })
        return
      }
      edit(session, 'Connect', (document) => edited(document, connected(document, app.catalog.getState().specs, wire.from, wire.to)))
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
