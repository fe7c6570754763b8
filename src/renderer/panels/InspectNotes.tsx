import { StickyNote } from 'lucide-react'
import { addNote, updateNote } from '../../shared/graph/edit'
import { Empty } from '../parts/parts'
import { seal } from '../state/document'
import { useSession, useShown } from '../state/hooks'
import { edit } from '../state/session'

/** Notes that belong to this node. */
export function InspectNotes({ id }: { id: string }) {
  const session = useSession()
  const all = useShown((graph) => graph.ui.notes)
  const notes = all.filter((note) => note.attachedTo === id)
  const add = () => {
    const node = session.flow.getState().nodes.find((candidate) => candidate.id === id)
    edit(session, 'Add note', (document) =>
      addNote(document, { x: node?.position.x ?? 0, y: (node?.position.y ?? 0) - 190, attachedTo: id }),
    )
  }
  return (
    <>
      {notes.map((note) => (
        <textarea
          key={note.id}
          className="field"
          aria-label="Note"
          rows={6}
          value={note.text}
          onChange={(event) =>
            edit(session, 'Edit note', (document) => updateNote(document, { id: note.id, changes: { text: event.target.value } }), note.id)
          }
          onBlur={() => seal(session.document)}
        />
      ))}
      {notes.length === 0 ? <Empty icon={<StickyNote />}>No note yet.</Empty> : null}
      <button type="button" className="btn" onClick={add}>
        Add a note to this node
      </button>
    </>
  )
}
