import { Ban, ChevronsDownUp, CornerDownRight, Palette, PanelRight, Pencil, Pin } from 'lucide-react'
import { edited } from '../../shared/graph/diff'
import { setBypassed, setCollapsed, setColor, setMuted, setPinned, updateFrame, updateNote } from '../../shared/graph/edit'
import type { App } from '../state/app'
import { foldFrames } from '../state/editing'
import { openPanel } from '../state/panels'
import { edit, shownIn } from '../state/session'
import { defineCommand } from './command'
import { canEdit, framesAmong, hasGraph, hasSelection, itemsWithin, notesAmong, selectedItems, selectedNodes, sessionOf } from './helpers'

/** What has a place of its own: nodes, inputs and outputs. */
const placed = (app: App) => itemsWithin(app).filter((id) => !id.includes(':'))

/** By name, so that a theme decides what they are. The first is none. */
const colours = [undefined, 'amber', 'teal', 'violet', 'blue', 'red']

export default [
  defineCommand({
    id: 'mute',
    title: 'Mute or unmute',
    group: 'Node',
    icon: Ban,
    keys: ['M', 'Mod+M', 'D'],
    menus: ['node'],
    synonyms: ['disable'],
    isEnabled: hasSelection,
    run: (app) => {
      const nodes = selectedNodes(app)
      const session = sessionOf(app)
      const muted = !nodes.every((id) => shownIn(session).nodes[id]?.muted)
      edit(session, muted ? 'Mute' : 'Unmute', (document) => setMuted(document, { nodes, muted }))
    },
  }),
  defineCommand({
    id: 'bypass',
    title: 'Bypass or not',
    group: 'Node',
    icon: CornerDownRight,
    keys: ['B', 'Mod+B'],
    menus: ['node'],
    isEnabled: hasSelection,
    run: (app) => {
      const nodes = selectedNodes(app)
      const session = sessionOf(app)
      const bypassed = !nodes.every((id) => shownIn(session).nodes[id]?.bypassed)
      edit(session, 'Bypass', (document) => setBypassed(document, { nodes, bypassed }))
    },
  }),
  defineCommand({
    id: 'collapse',
    title: 'Fold or unfold',
    group: 'Node',
    icon: ChevronsDownUp,
    keys: ['Alt+C', 'H'],
    menus: ['node'],
    synonyms: ['collapse'],
    isEnabled: hasSelection,
    run: (app) => {
      const session = sessionOf(app)
      const { ui } = shownIn(session)
      const frames = framesAmong(selectedItems(app))
      if (frames.length > 0) {
        const open = ui.frames.filter((frame) => frames.includes(frame.id) && !frame.collapsed)
        foldFrames(session, frames, open.length > 0)
        return
      }
      const nodes = selectedNodes(app)
      const collapsed = !nodes.every((id) => ui.nodes[id]?.collapsed)
      edit(session, collapsed ? 'Fold' : 'Unfold', (document) => setCollapsed(document, { nodes, collapsed }))
    },
  }),
  defineCommand({
    id: 'pin-position',
    title: 'Pin in its place, or let it move',
    group: 'Node',
    icon: Pin,
    keys: ['P'],
    menus: ['node'],
    synonyms: ['lock', 'fix'],
    isEnabled: (app) => canEdit(app) && placed(app).length > 0,
    run: (app) => {
      const nodes = placed(app)
      const session = sessionOf(app)
      const pinned = !nodes.every((id) => shownIn(session).ui.nodes[id]?.pinned)
      edit(session, pinned ? 'Pin' : 'Unpin', (document) => setPinned(document, { nodes, pinned }))
    },
  }),
  defineCommand({
    id: 'colour',
    title: 'Change the colour',
    group: 'Node',
    icon: Palette,
    menus: ['node'],
    synonyms: ['color', 'tint', 'paint'],
    isEnabled: (app) => canEdit(app) && selectedItems(app).length > 0,
    run: (app) => {
      const session = sessionOf(app)
      const items = selectedItems(app)
      const { ui } = shownIn(session)
      const [first = ''] = items
      const now = [...ui.frames, ...ui.notes].find(({ id }) => first.endsWith(`:${id}`))?.color ?? ui.nodes[first]?.color
      const color = colours[(colours.indexOf(now) + 1) % colours.length]
      edit(session, 'Colour', (document) => {
        const nodes = setColor(document, { nodes: placed(app).filter((id) => items.includes(id)), color }).document
        const framed = framesAmong(items).reduce((at, id) => updateFrame(at, { id, changes: { color } }).document, nodes)
        return edited(
          document,
          notesAmong(items).reduce((at, id) => updateNote(at, { id, changes: { color } }).document, framed),
        )
      })
    },
  }),
  defineCommand({
    id: 'rename',
    title: 'Rename',
    group: 'Node',
    icon: Pencil,
    keys: ['F2'],
    menus: ['node'],
    isEnabled: (app) => hasSelection(app) && selectedNodes(app).length === 1,
    run: (app) => app.view.setState({ renaming: selectedNodes(app)[0] }),
  }),
  defineCommand({
    id: 'inspect',
    title: 'Open in the inspector',
    group: 'Node',
    icon: PanelRight,
    keys: ['Enter'],
    menus: ['node', 'wire'],
    isEnabled: (app) => hasGraph(app) && (selectedItems(app).length > 0 || sessionOf(app).flow.getState().selectedWires.length > 0),
    run: (app) => {
      openPanel(app.view, 'inspector')
      requestAnimationFrame(() =>
        document.querySelector<HTMLElement>('.inspector-body :is(input, textarea, select, button:not(.icon))')?.focus(),
      )
    },
  }),
]
