import { LayoutTemplate, MessageCircleQuestion, Plus } from 'lucide-react'
import { edited } from '../../shared/graph/diff'
import { addPort } from '../../shared/graph/edit'
import { openPaletteAt } from '../panels/open-palette'
import { Keys } from '../parts/parts'
import { useApp, useDocument, useSession } from '../state/hooks'
import { edit } from '../state/session'

/** What stands on a canvas with nothing on it. It is in nobody's way: a double-click goes through it. */
export function EmptyCanvas() {
  const app = useApp()
  const session = useSession()
  const isEmpty = useDocument(({ document }) => {
    const { inputs, outputs } = document.interface
    const things = [document.nodes, inputs, outputs].reduce((sum, part) => sum + Object.keys(part).length, 0)
    return things + document.ui.notes.length === 0
  })
  if (!isEmpty) return null
  const begin = () => {
    edit(session, 'Start with a question', (before) => {
      const asked = addPort(before, {
        side: 'inputs',
        name: 'question',
        type: 'text',
        doc: 'What to ask',
        at: { x: -420, y: -60 },
      }).document
      return edited(before, addPort(asked, { side: 'outputs', name: 'answer', type: 'text', at: { x: 320, y: -60 } }).document)
    })
    requestAnimationFrame(() => app.canvas?.fit())
  }
  return (
    <div className="empty-canvas" data-testid="empty-canvas">
      <h2>An empty graph</h2>
      <p>
        Double-click anywhere, or press <Keys keys="Tab" />, to add a node. Drag from its ports to wire it: the list then shows only what
        fits.
      </p>
      <div>
        <button type="button" className="btn primary" onClick={begin}>
          <MessageCircleQuestion /> Start with a question
        </button>
        <button type="button" className="btn" onClick={() => openPaletteAt(app, app.canvas?.pointer() ?? { x: 400, y: 300 })}>
          <Plus /> Add a node
        </button>
        <button type="button" className="btn" onClick={() => app.view.setState({ screen: 'templates' })}>
          <LayoutTemplate /> Templates
        </button>
      </div>
    </div>
  )
}
