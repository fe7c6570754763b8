import { type NodeProps, NodeResizer } from '@xyflow/react'
import { memo, useState } from 'react'
import Markdown from 'react-markdown'
import { editNote, resizeNote } from '../state/editing'
import { useSession, useShown, useView } from '../state/hooks'
import { type FlowNode, notePrefix } from './flow-mapping'
import { safeMarkdown } from './safe-markdown'
import { sameCard } from './same-card'

/** A note in Markdown (without HTML, images or automatic links). Double-click to write; leaving the field is one step of the history. */
export const NoteCard = memo(function NoteCard({ id, selected }: NodeProps<FlowNode>) {
  const session = useSession()
  const noteId = id.slice(notePrefix.length)
  const note = useShown((graph) => graph.ui.notes.find((candidate) => candidate.id === noteId))
  const fresh = useView((view) => view.renaming === id)
  const [writing, setWriting] = useState(fresh)
  if (!note) return null
  return (
    <section
      className={selected ? 'note is-selected' : 'note'}
      aria-label="Note"
      data-testid={`note-${noteId}`}
      data-color={note.color ?? 'amber'}
      onDoubleClick={() => setWriting(true)}
    >
      <NodeResizer isVisible={selected ?? false} minWidth={140} minHeight={60} onResizeEnd={(_, box) => resizeNote(session, noteId, box)} />
      {writing ? (
        <textarea
          className="note-field nodrag nowheel"
          aria-label="Text of the note, Markdown"
          defaultValue={note.text}
          ref={(element) => element?.focus()}
          onBlur={(event) => {
            editNote(session, noteId, event.target.value)
            setWriting(false)
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') event.currentTarget.blur()
          }}
        />
      ) : (
        <div className="note-text prose">
          {note.text.trim() === '' ? (
            <p className="faint">Empty note: double-click to write.</p>
          ) : (
            <Markdown components={safeMarkdown}>{note.text}</Markdown>
          )}
        </div>
      )}
    </section>
  )
}, sameCard)
