import { Radio, Waypoints } from 'lucide-react'
import { setLinkName, setWirePoints } from '../../shared/graph/edit'
import type { App } from '../state/app'
import { edit } from '../state/session'
import { defineCommand } from './command'
import { canEdit, sessionOf } from './helpers'

/** The selected wires, by their ends. */
const chosen = (app: App) => {
  const { wires, selectedWires } = sessionOf(app).flow.getState()
  return wires.flatMap(({ id, data }) => (data && selectedWires.includes(id) ? [data] : []))
}
const hasWires = (app: App) => canEdit(app) && chosen(app).length > 0

export default [
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
