import { Background, BackgroundVariant, ReactFlow, ReactFlowProvider, SelectionMode, type Viewport } from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import './canvas.css'
import './card.css'
import './ports.css'
import './card-live.css'
import './wires.css'
import './notes.css'
import './containers.css'
import './traces.css'
import './far.css'
import { memo, type RefObject, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { shownPath, shownScope } from '../state/document'
import { useApp, useCatalog, useDocument, useFlow, useSession } from '../state/hooks'
import type { Session } from '../state/session'
import { apart, standsApart } from './apart'
import { Breadcrumb } from './Breadcrumb'
import { useCanvasHandle } from './canvas-handle'
import { createDetail, DetailContext, openTurns } from './detail'
import { EmptyCanvas } from './EmptyCanvas'
import { FarWires } from './FarWires'
import { FrameCard } from './FrameCard'
import { fitViewport } from './fit'
import { useFitting } from './fitting'
import { drawnOf, type FlowNode, type FlowWire } from './flow-mapping'
import { useGestures } from './gestures'
import { around, boxOf } from './guides'
import { Guides, Knife } from './HandTraces'
import { HeldLine } from './HeldLine'
import { InputCard } from './InputCard'
import { NodeCard } from './NodeCard'
import { NoteCard } from './NoteCard'
import { OutputCard } from './OutputCard'
import { StateMap } from './StateMap'
import { Tethers } from './Tethers'
import { useHandlers } from './use-handlers'
import { WireLine } from './WireLine'
import { WirePeek } from './WirePeek'

const nodeTypes = { card: NodeCard, graphInput: InputCard, graphOutput: OutputCard, note: NoteCard, frame: FrameCard }
const edgeTypes = { wire: WireLine }
const manyNodes = 80

/** The canvas of the active graph. React Flow keeps the hand; the stores keep the truth; a drag is committed once, when the hand lets go. */
export function Canvas() {
  const scope = useDocument(shownScope)
  return (
    <ReactFlowProvider key={scope ?? ''}>
      <Surface />
    </ReactFlowProvider>
  )
}

interface Size {
  readonly width: number
  readonly height: number
}

/** The frame first: once it is known how large it is, everything in it can be put in its place at the first drawing. */
function Surface() {
  const session = useSession()
  const frame = useRef<HTMLDivElement>(null)
  const [size, setSize] = useState<Size>()
  useLayoutEffect(() => {
    const box = frame.current?.getBoundingClientRect()
    if (box) setSize({ width: box.width, height: box.height })
  }, [])
  return (
    <div className="canvas" ref={frame} tabIndex={-1} data-testid="canvas">
      {size ? <Flow session={session} frame={frame} size={size} /> : null}
      <Breadcrumb />
      <Knife />
      <WirePeek />
      <EmptyCanvas />
    </div>
  )
}

const Flow = memo(function Flow({ session, frame, size }: { session: Session; frame: RefObject<HTMLDivElement | null>; size: Size }) {
  const app = useApp()
  const nodes = useFlow((flow) => flow.nodes)
  const readOnly = useDocument((state) => state.readOnly)
  const mouseFirst = useCatalog((catalog) => catalog.settings?.navigation === 'mouse-first')
  const many = nodes.length > manyNodes
  // Asked once: a canvas that was empty must not fit itself to its first node.
  const [first] = useState(() => initialView(session, size))
  const [detail] = useState(() => {
    openTurns()
    return createDetail(first.viewport.zoom)
  })
  const fitting = useFitting(session, first)
  useCanvasHandle(app, session, frame, detail, fitting)
  const on = useHandlers(app, session, frame, fitting)
  useGestures(app, session, frame)
  const { far, wide } = useStore(detail)
  const { alone, together } = useDrawnWires(far)
  return (
    <DetailContext value={detail}>
      <ReactFlow<FlowNode, FlowWire>
        nodes={nodes as FlowNode[]}
        edges={alone as FlowWire[]}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        {...on}
        width={size.width}
        height={size.height}
        nodesDraggable={!readOnly}
        nodesConnectable={false}
        edgesReconnectable={false}
        deleteKeyCode={null}
        selectionKeyCode={mouseFirst ? 'Shift' : null}
        multiSelectionKeyCode={multiKeys}
        panActivationKeyCode="Space"
        selectionOnDrag={!mouseFirst}
        selectionMode={SelectionMode.Partial}
        panOnDrag={mouseFirst ? allButtons : sideButtons}
        panOnScroll={!mouseFirst}
        zoomOnDoubleClick={false}
        zoomActivationKeyCode={zoomKeys}
        minZoom={0.1}
        maxZoom={2.5}
        onlyRenderVisibleElements={many && !wide}
        elevateNodesOnSelect={false}
        nodeDragThreshold={3}
        disableKeyboardA11y
        proOptions={noAttribution}
        defaultViewport={first.viewport}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.4} />
        <FarWires wires={together} />
        <HeldLine />
        <Guides />
        <Tethers />
        <StateMap />
      </ReactFlow>
    </DetailContext>
  )
})

const noWires: readonly FlowWire[] = []

/** Near by every wire is an element of its own; from afar only those that need to be. */
function useDrawnWires(far: boolean): { readonly alone: readonly FlowWire[]; readonly together: readonly FlowWire[] } {
  const wires = useFlow((flow) => flow.wires)
  const special = useStore(apart)
  const marked = useStore(useSession().past, (past) => past.diff?.overlay.wires)
  return useMemo(() => {
    if (!far) return { alone: wires, together: noWires }
    const isAlone = (wire: FlowWire) => standsApart(wire, special, marked)
    return { alone: wires.filter(isAlone), together: wires.filter((wire) => !isAlone(wire)) }
  }, [far, wires, special, marked])
}

// One object each for the life of the window: React Flow compares by identity.
const multiKeys = ['Control', 'Meta']
const zoomKeys = ['Control', 'Meta']
const sideButtons = [1, 2]
const allButtons = true
const noAttribution = { hideAttribution: true }

/** Where the person was when this graph was left; the first time, all of it. An empty canvas stands still, so that its first node stays where it is put. */
function initialView({ viewports, document, flow }: Session, size: Size): { readonly viewport: Viewport; readonly fitted: boolean } {
  const known = viewports.of(shownPath(document.getState()))
  const { nodes } = flow.getState()
  if (known || nodes.length === 0) return { viewport: known ?? { x: 0, y: 0, zoom: 1 }, fitted: false }
  return { viewport: fitViewport(around(drawnOf(nodes).map(boxOf)), size), fitted: true }
}
