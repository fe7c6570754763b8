import { NodeResizeControl, type ResizeParams } from '@xyflow/react'
import { editSizes } from '../state/editing'
import { useSession } from '../state/hooks'
import { narrowest, shortest, widest } from './card-sizes'

/** By its corner a hand makes a card wider, and what shows a value taller. Only a selected card has a grip: a thousand of them would weigh. */
export function CardGrip({ id, tall = false }: { id: string; tall?: boolean }) {
  const session = useSession()
  const keep = (_: unknown, { width, height }: ResizeParams) => editSizes(session, { [id]: tall ? { width, height } : { width } })
  return (
    <NodeResizeControl
      nodeId={id}
      position="bottom-right"
      className="card-corner"
      minWidth={narrowest}
      maxWidth={widest}
      minHeight={shortest}
      {...(tall ? {} : { resizeDirection: 'horizontal' as const })}
      onResizeEnd={keep}
    />
  )
}
