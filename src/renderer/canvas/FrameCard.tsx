import type { NodeProps } from '@xyflow/react'
import { AlertTriangle, ChevronDown, ChevronRight, CircleDotDashed, Loader } from 'lucide-react'
import { memo, useState } from 'react'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { FrameLayout } from '../../shared/graph/document'
import { isIncomplete } from '../../shared/graph/issue'
import { plural } from '../parts/format'
import { shownScope } from '../state/document'
import { editFrameTitle, foldFrames } from '../state/editing'
import { useDocument, useRun, useRunPrefix, useSession, useShown } from '../state/hooks'
import { problemKey } from '../state/problems'
import { type FlowNode, framePrefix } from './flow-mapping'
import { sameCard } from './same-card'

/** A frame stands behind its nodes; its title bar moves them all. Folded, it stands for them: what comes in and goes out ends at its edge. */
export const FrameCard = memo(function FrameCard({ id, selected }: NodeProps<FlowNode>) {
  const session = useSession()
  const frameId = id.slice(framePrefix.length)
  const frame = useShown((graph) => graph.ui.frames.find((candidate) => candidate.id === frameId))
  const readOnly = useDocument((state) => state.readOnly)
  const [writing, setWriting] = useState(false)
  if (!frame) return null
  const folded = frame.collapsed === true
  const fold = () => foldFrames(session, [frameId], !folded)
  return (
    <section
      className={`frame${selected ? ' is-selected' : ''}${folded ? ' is-folded' : ''}`}
      aria-label={folded ? `Frame ${frame.title}, folded, ${plural(frame.nodes.length, 'node')}` : `Frame ${frame.title}`}
      data-testid={`frame-${frameId}`}
      onDoubleClick={() => setWriting(true)}
      data-color={frame.color ?? 'none'}
    >
      <header className="frame-title">
        <button
          type="button"
          className="btn quiet icon small nodrag"
          aria-label={folded ? 'Unfold the frame' : 'Fold the frame'}
          aria-expanded={!folded}
          data-testid={`fold-${frameId}`}
          disabled={readOnly}
          onClick={fold}
          onDoubleClick={(event) => event.stopPropagation()}
        >
          {folded ? <ChevronRight /> : <ChevronDown />}
        </button>
        {writing ? (
          <input
            className="frame-field nodrag"
            aria-label="Title of the frame"
            defaultValue={frame.title}
            ref={(element) => element?.focus()}
            onBlur={(event) => {
              editFrameTitle(session, frameId, event.target.value)
              setWriting(false)
            }}
            onKeyDown={(event) => {
              if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur()
            }}
          />
        ) : (
          <span className="frame-name">{frame.title || 'Frame'}</span>
        )}
      </header>
      {folded ? <Inside frame={frame} /> : null}
    </section>
  )
}, sameCard)

/** What a folded frame says of what is in it, and the two places where wires end. */
function Inside({ frame }: { frame: FrameLayout }) {
  const session = useSession()
  const scope = useDocument(shownScope)
  const prefix = useRunPrefix()
  const running = useRun(({ state }) => frame.nodes.filter((id) => state.nodes[prefix + id]?.phase === 'running').length)
  const failed = useRun(({ state }) => frame.nodes.filter((id) => state.nodes[prefix + id]?.phase === 'failed').length)
  const found = useStore(
    session.problems,
    useShallow(({ byNode }) => frame.nodes.flatMap((id) => byNode.get(problemKey(scope, id)) ?? [])),
  )
  const open = found.filter(isIncomplete).length
  const problems = found.length - open
  return (
    <p className="frame-inside">
      <i className="target" data-handleid="in:" data-handlepos="left" />
      <span>{plural(frame.nodes.length, 'node')}</span>
      {running > 0 ? (
        <span className="chip live">
          <Loader className="spin" aria-hidden /> {`${running} running`}
        </span>
      ) : null}
      {failed > 0 ? (
        <span className="chip bad">
          <AlertTriangle aria-hidden /> {`${failed} failed`}
        </span>
      ) : null}
      {failed === 0 && problems > 0 ? (
        <span className="chip warn">
          <AlertTriangle aria-hidden /> {plural(problems, 'problem')}
        </span>
      ) : null}
      {failed === 0 && open > 0 ? (
        <span className="chip warn">
          <CircleDotDashed aria-hidden /> {`${open} incomplete`}
        </span>
      ) : null}
      <i className="source" data-handleid="out:" data-handlepos="right" />
    </p>
  )
}
