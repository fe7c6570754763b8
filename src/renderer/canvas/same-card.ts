import type { NodeProps } from '@xyflow/react'
import type { FlowNode } from './flow-mapping'

/** React Flow tells a card its place on every frame of a drag. The frame around the card moves; the card itself has nothing to draw again. */
export const sameCard = (before: NodeProps<FlowNode>, after: NodeProps<FlowNode>): boolean =>
  before.id === after.id && before.selected === after.selected
