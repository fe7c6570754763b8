import type { NodeProps } from '@xyflow/react'
import { memo, useState } from 'react'
import { editFrameTitle } from '../state/editing'
import { useSession, useShown } from '../state/hooks'
import { type FlowNode, framePrefix } from './flow-mapping'
import { sameCard } from './same-card'

/** A frame stands behind its nodes; its title bar moves them all. */
export const FrameCard = memo(function FrameCard({ id, selected }: NodeProps<FlowNode>) {
  const session = useSession()
  const frameId = id.slice(framePrefix.length)
  const frame = useShown((graph) => graph.ui.frames.find((candidate) => candidate.id === frameId))
  const [writing, setWriting] = useState(false)
  if (!frame) return null
  return (
    <section
      className={selected ? 'frame is-selected' : 'frame'}
      aria-label={`Frame ${frame.title}`}
      data-testid={`frame-${frameId}`}
      onDoubleClick={() => setWriting(true)}
      data-color={frame.color ?? 'none'}
    >
      {writing ? (
        <input
          className="frame-title nodrag"
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
        <header className="frame-title">{frame.title || 'Frame'}</header>
      )}
    </section>
  )
}, sameCard)
