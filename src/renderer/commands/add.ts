import { Frame, Plus, StickyNote } from 'lucide-react'
import { addFrame, addNote, removeFrames } from '../../shared/graph/edit'
import { framePrefix, notePrefix } from '../canvas/flow-mapping'
import { openPaletteAt } from '../panels/open-palette'
import { beside } from '../state/chaining'
import { selectOnly } from '../state/flow'
import { edit, shownIn } from '../state/session'
import { defineCommand } from './command'
import { canEdit, framesAmong, selectedItems, sessionOf } from './helpers'

export default [
  defineCommand({
    id: 'add-node',
    title: 'Add a node',
    group: 'Add',
    icon: Plus,
    keys: ['Tab', 'Shift+A'],
    menus: ['canvas'],
    synonyms: ['palette', 'insert', 'new'],
    isEnabled: canEdit,
    run: (app) => {
      const session = sessionOf(app)
      const [only, ...more] = session.flow.getState().selectedNodes
      // Whoever works by keys goes on from what is selected, to its right.
      const at = only !== undefined && more.length === 0 && app.canvas?.hasPointer() === false ? beside(session, only) : undefined
      openPaletteAt(app, app.canvas?.pointer() ?? { x: 200, y: 200 }, at ? { at } : {})
    },
  }),
  defineCommand({
    id: 'add-note',
    title: 'Add a note, tied to what is selected',
    group: 'Add',
    icon: StickyNote,
    keys: ['C'],
    menus: ['canvas'],
    synonyms: ['comment'],
    isEnabled: canEdit,
    run: (app) => {
      const session = sessionOf(app)
      const at = app.canvas?.toFlow(app.canvas.pointer()) ?? { x: 0, y: 0 }
      const { selectedNodes: chosen, selectedWires } = session.flow.getState()
      const [holder] = [...chosen, ...selectedWires].filter((item) => !item.startsWith(notePrefix) && !item.startsWith(framePrefix))
      let id = ''
      edit(session, 'Add note', (document) => {
        const added = addNote(document, {
          x: Math.round(at.x),
          y: Math.round(at.y),
          ...(holder === undefined ? {} : { attachedTo: holder }),
        })
        id = added.id
        return added
      })
      app.view.setState({ renaming: notePrefix + id })
      selectOnly(session.flow, [notePrefix + id])
    },
  }),
  defineCommand({
    id: 'frame',
    title: 'Frame the selection',
    group: 'Add',
    icon: Frame,
    keys: ['Mod+G'],
    menus: ['node'],
    synonyms: ['group'],
    isEnabled: (app) => canEdit(app) && selectedItems(app).length > 0,
    run: (app) => {
      const nodes = selectedItems(app).filter((id) => !id.includes(':'))
      edit(sessionOf(app), 'Frame', (document) => addFrame(document, { nodes, title: 'Frame' }))
    },
  }),
  defineCommand({
    id: 'unframe',
    title: 'Take the frame away',
    group: 'Add',
    keys: ['Mod+Shift+G'],
    synonyms: ['ungroup'],
    isEnabled: (app) => canEdit(app) && selectedItems(app).length > 0,
    run: (app) => {
      const session = sessionOf(app)
      const chosen = selectedItems(app)
      const { frames } = shownIn(session).ui
      const around = frames.filter((frame) => frame.nodes.some((id) => chosen.includes(id))).map((frame) => frame.id)
      edit(session, 'Unframe', (document) => removeFrames(document, { ids: [...framesAmong(chosen), ...around] }))
    },
  }),
]
