import { CircleDashed, CircleDot, Diamond, Pin, TextCursor, TriangleAlert } from 'lucide-react'
import { memo, useState } from 'react'
import { useStore } from 'zustand'
import type { GraphNode } from '../../shared/graph/document'
import type { NodeSpec } from '../../shared/node-spec'
import { cannotHold, tellTokenCondition } from '../../shared/run/token-break'
import { FamilyGlyph } from '../parts/FamilyGlyph'
import { Tip } from '../parts/parts'
import { hasBreakpoint, pinsOf, tokenBreakOf } from '../state/control'
import { editTitle } from '../state/editing'
import { useApp, usePlace, useServerModel, useSession, useView } from '../state/hooks'
import { nameOf } from './card-looks'
import { StatusBadge } from './StatusBadge'

interface HeaderProps {
  readonly id: string
  readonly node: GraphNode
  readonly spec: NodeSpec | undefined
  /** it stays in its place */
  readonly pinned: boolean
}

/** Icon, title (double-click or F2 to rename) and one badge: icon and word, never colour alone. */
export const CardHeader = memo(function CardHeader({ id, node, spec, pinned }: HeaderProps) {
  const app = useApp()
  const session = useSession()
  const renaming = useView((view) => view.renaming === id)
  return (
    <header className="card-head">
      <span className="card-glyph" aria-hidden>
        {spec ? <FamilyGlyph spec={spec} /> : <CircleDashed />}
      </span>
      {renaming ? (
        <TitleField
          id={id}
          title={node.title ?? ''}
          placeholder={spec?.title ?? node.type}
          onDone={(title) => editTitle(app, session, id, title)}
        />
      ) : (
        <span className="card-title" title={spec ? `${nameOf(id, node, spec)} — ${spec.summary}` : node.type}>
          {nameOf(id, node, spec)}
        </span>
      )}
      {pinned ? <Pin className="pin-sign" role="img" aria-label="pinned in its place" /> : null}
      <HoldMarks id={id} />
      <StatusBadge id={id} muted={node.muted === true} bypassed={node.bypassed === true} />
    </header>
  )
})

/** What the person has set on the node: a breakpoint, a pin. */
const HoldMarks = memo(function HoldMarks({ id }: { id: string }) {
  const session = useSession()
  const place = usePlace() + id
  const breaks = useStore(session.control, (control) => hasBreakpoint(control, place))
  const pinned = useStore(session.control, (control) => pinsOf(control, place) !== undefined)
  const server = useServerModel(id)
  const token = useStore(session.control, (control) => tokenBreakOf(control, place))
  return (
    <>
      {token ? (
        <Tip text={server ? cannotHold(server) : `Breakpoint on a token: its text pauses where ${tellTokenCondition(token)}`} side="top">
          <span
            className="card-mark is-break"
            role="img"
            aria-label={server ? 'breakpoint on a token, which a server cannot keep' : 'breakpoint on a token'}
            data-testid={`token-breakpoint-${id}`}
          >
            {server ? <TriangleAlert /> : <TextCursor />}
          </span>
        </Tip>
      ) : null}
      {breaks ? (
        <Tip text="Breakpoint: a run pauses before this node (F9)" side="top">
          <span className="card-mark is-break" role="img" aria-label="breakpoint" data-testid={`breakpoint-${id}`}>
            <CircleDot />
          </span>
        </Tip>
      ) : null}
      {pinned ? (
        <Tip text="Pinned: runs take the pinned value instead of asking this node (Shift+P)" side="top">
          <span className="card-mark is-pin" role="img" aria-label="output pinned" data-testid={`pinned-${id}`}>
            <Diamond />
          </span>
        </Tip>
      ) : null}
    </>
  )
})

function TitleField({
  title,
  placeholder,
  onDone,
}: {
  id: string
  title: string
  placeholder: string
  onDone(title: string | undefined): void
}) {
  const [text, setText] = useState(title)
  return (
    <input
      className="title-field nodrag"
      aria-label="Title"
      value={text}
      placeholder={placeholder}
      ref={(element) => element?.focus()}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => onDone(text)}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Enter') event.currentTarget.blur()
        if (event.key === 'Escape') onDone(undefined)
      }}
    />
  )
}
