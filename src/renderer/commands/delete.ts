import { Trash2 } from 'lucide-react'
import { edited } from '../../shared/graph/diff'
import { disconnect, removeFrames, removeNodes, removeNotes } from '../../shared/graph/edit'
import type { App } from '../state/app'
import { edit } from '../state/session'
import { defineCommand } from './command'
import { framesAmong, hasItems, hasSelection, isNode, notesAmong, sessionOf } from './helpers'

function remove(app: App, heal: boolean): void {
  const session = sessionOf(app)
  const { selectedNodes, selectedWires, wires } = session.flow.getState()
  const ends = wires
    .filter((wire) => selectedWires.includes(wire.id))
    .flatMap((wire) => (wire.data ? [{ from: wire.data.from, to: wire.data.to }] : []))
  const count = selectedNodes.length + ends.length
  edit(session, count === 1 ? 'Delete' : `Delete ${count} items`, (before) => {
    const cut = disconnect(before, { wires: ends }).document
    const nodes = removeNodes(cut, { nodes: selectedNodes.filter((id) => isNode(id) || /^[@=]/.test(id)), heal }).document
    const notes = removeNotes(nodes, { ids: notesAmong(selectedNodes) }).document
    return edited(before, removeFrames(notes, { ids: framesAmong(selectedNodes) }).document)
  })
  app.canvas?.focus()
}

export default [
  defineCommand({
    id: 'delete',
    title: 'Delete',
    group: 'Edit',
    icon: Trash2,
    keys: ['Delete', 'Backspace'],
    menus: ['node', 'wire'],
    danger: true,
    isEnabled: hasItems,
    run: (app) => remove(app, false),
  }),
  defineCommand({
    id: 'delete-heal',
    title: 'Delete and close the gap',
    group: 'Edit',
    keys: ['Mod+Delete', 'Mod+Backspace'],
    menus: ['node'],
    synonyms: ['heal'],
    danger: true,
    isEnabled: hasSelection,
    run: (app) => remove(app, true),
  }),
]
