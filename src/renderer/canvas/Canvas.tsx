import {
  applyEdgeChanges,
  applyNodeChanges,
  Background,
  BackgroundVariant,
  type EdgeChange,
  type NodeChange,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
  type Viewport,
} from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import './canvas.css'
import { type DragEvent, type MouseEvent, memo, type RefObject, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { reach, topologyOf } from '../../shared/graph/topology'
import { openPaletteAt } from '../panels/open-palette'
import type { App } from '../state/app'
import { quickAdd } from '../state/chaining'
import { shownPath, shownScope } from '../state/document'
import { selectOnly, setFlow } from '../state/flow'
import { useApp, useCatalog, useDocument, useFlow, useSession } from '../state/hooks'
import { goInto } from '../state/places'
import type { Session } from '../state/session'
import { shownIn } from '../state/session'
import { mayOpenInspector } from '../state/view'
import { apart, standsApart } from './apart'
import { Breadcrumb } from './Breadcrumb'
import { useCanvasHandle, useFirstFit } from './canvas-handle'
import { createDetail, DetailContext, openTurns } from './detail'
import { dropFiles, nodeTypeOfDrag } from './drops'
import { EmptyCanvas } from './EmptyCanvas'
import { FarWires } from './FarWires'
import { FrameCard } from './FrameCard'
import { fitViewport } from './fit'
import { drawnOf, type FlowNode, type FlowWire, reframed, withoutGuess } from './flow-mapping'
import { isPane, useGestures } from './gestures'
import { around, boxOf } from './guides'
import { Guides, Knife } from './HandTraces'
import { HeldLine } from './HeldLine'
import { type Hand, takeInHand } from './hand'
import { InputCard } from './InputCard'
import { cloneDragged, moveNodes, spliceDropped } from './moving'
import { NodeCard } from './NodeCard'
import { NoteCard } from './NoteCard'
import { OutputCard } from './OutputCard'
import { StateMap } from './StateMap'
import { Tethers } from './Tethers'
import { WireLine } from './WireLine'
import { WirePeek } from './WirePeek'

const nodeTypes = { card: NodeCard, graphInput: InputCard, graphOutput: OutputCard, note: NoteCard, frame: FrameCard }
const edgeTypes = { wire: WireLine }
const manyNodes = 80
const peekDelayMs = 300

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
  const on = useHandlers(app, session, frame)
  const many = nodes.length > manyNodes
  // Asked once: a canvas that was empty must not fit itself to its first node.
  const [first] = useState(() => initialView(session, size))
  const [detail] = useState(() => {
    openTurns()
    return createDetail(first.viewport.zoom)
  })
  useCanvasHandle(app, session, frame, detail)
  useFirstFit(session, first.viewport, first.fitted)
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

interface HeldKeys {
  readonly shiftKey: boolean
  readonly altKey: boolean
}

function useHandlers(app: App, session: Session, frame: RefObject<HTMLDivElement | null>) {
  const flowApi = useReactFlow<FlowNode, FlowWire>()
  return useMemo(() => {
    const { flow } = session
    let rest: ReturnType<typeof setTimeout> | undefined
    let hand: Hand | undefined
    const grab = (event: HeldKeys, dragged: FlowNode[]) => {
      if (!frame.current) return
      hand = takeInHand(session, frame.current, dragged, event)
      apart.setState({ held: hand.wires })
    }
    const drop = (then: () => void, dragged: FlowNode[]) => {
      const clones = hand?.clones === true
      hand?.letGo()
      hand = undefined
      apart.setState({ held: new Set() })
      if (clones) cloneDragged(session, dragged)
      else then()
    }
    return {
      onNodesChange: (changes: NodeChange<FlowNode>[]) => {
        const state = flow.getState()
        const moves = hand ? changes.filter((change) => change.type === 'position' && change.position) : []
        if (moves.length > 0) hand?.move(moves, app.canvas?.zoom() ?? 1)
        const rest = changes.filter((change) => change.type !== 'remove' && !moves.includes(change))
        if (rest.length === 0) return
        const next = applyNodeChanges(rest, state.nodes as FlowNode[])
        const grown = rest.some((change) => change.type === 'dimensions')
        setFlow(flow, grown ? reframed(shownIn(session), next.map(withoutGuess)) : next, state.wires)
      },
      onEdgesChange: (changes: EdgeChange<FlowWire>[]) => {
        const state = flow.getState()
        setFlow(
          flow,
          state.nodes,
          applyEdgeChanges(
            changes.filter((change) => change.type !== 'remove'),
            state.wires as FlowWire[],
          ),
        )
      },
      onNodeDragStart: (event: HeldKeys, _: FlowNode, dragged: FlowNode[]) => grab(event, dragged),
      onSelectionDragStart: (event: HeldKeys, dragged: FlowNode[]) => grab(event, dragged),
      onNodeDrag: (event: HeldKeys, node: FlowNode) => {
        if (hand) hand.grid = event.shiftKey
        spliceDropped.hover(app, session, node)
      },
      onSelectionDrag: (event: HeldKeys) => {
        if (hand) hand.grid = event.shiftKey
      },
      onNodeDragStop: (_: unknown, node: FlowNode, dragged: FlowNode[]) => {
        drop(() => spliceDropped.drop(app, session, node, dragged), dragged)
      },
      onSelectionDragStop: (_: unknown, dragged: FlowNode[]) => {
        drop(() => moveNodes(session, dragged), dragged)
      },
      onMoveEnd: (_: unknown, viewport: Viewport) => {
        session.viewports.keep(shownPath(session.document.getState()), viewport)
      },
      onDoubleClick: (event: MouseEvent) => {
        if (isPane(event.target)) openPaletteAt(app, { x: event.clientX, y: event.clientY })
      },
      onNodeDoubleClick: (event: MouseEvent, node: FlowNode) => {
        if (!isControl(event.target) && !goInto(app, session, node.id)) showInspector(app, node.id)
      },
      onNodeClick: (event: MouseEvent, node: FlowNode) => {
        if (isControl(event.target)) return
        if (event.shiftKey) selectStream(session, node.id, sideOf(event))
        else if (mayOpenInspector(app.view)) showInspector(app, node.id)
      },
      onPaneContextMenu: (event: MouseEvent | globalThis.MouseEvent) => openMenu(app, event, 'canvas'),
      onNodeContextMenu: (event: MouseEvent, node: FlowNode) => openMenu(app, event, 'node', node.id),
      onEdgeContextMenu: (event: MouseEvent, wire: FlowWire) => openMenu(app, event, 'wire', wire.id),
      onPaneClick: (event: MouseEvent) => {
        app.view.setState({ overlay: { type: 'none' } })
        if (event.ctrlKey || event.metaKey) quickAdd(app, { x: event.clientX, y: event.clientY })
      },
      onEdgeMouseEnter: (event: MouseEvent, wire: FlowWire) => {
        clearTimeout(rest)
        const screen = { x: event.clientX, y: event.clientY }
        rest = setTimeout(() => app.view.setState({ peek: { wire: wire.id, screen } }), peekDelayMs)
      },
      onEdgeMouseLeave: () => {
        clearTimeout(rest)
        app.view.setState({ peek: undefined })
      },
      onEdgeClick: (event: MouseEvent, wire: FlowWire) => {
        if (mayOpenInspector(app.view)) app.view.setState({ inspector: true })
        if ((event.ctrlKey || event.metaKey) && wire.data)
          openPaletteAt(app, { x: event.clientX, y: event.clientY }, { splice: { from: wire.data.from, to: wire.data.to } })
      },
      onDragOver: (event: DragEvent) => {
        event.preventDefault()
        event.dataTransfer.dropEffect = 'copy'
      },
      onDrop: (event: DragEvent) => {
        event.preventDefault()
        const at = flowApi.screenToFlowPosition({ x: event.clientX, y: event.clientY })
        const type = nodeTypeOfDrag(event.dataTransfer)
        void dropFiles(app, session, { type, files: [...event.dataTransfer.files], text: event.dataTransfer.getData('text/plain'), at })
      },
    }
  }, [app, session, flowApi, frame])
}

const isControl = (target: EventTarget | null) => !(target instanceof Element) || target.closest('input,textarea,button,select') !== null

/** Shift+click on the left half of a card selects it with all that feeds it, on the right half with all that it feeds. */
function sideOf(event: MouseEvent): 'sources' | 'readers' {
  const box = event.currentTarget.getBoundingClientRect()
  return event.clientX < box.left + box.width / 2 ? 'sources' : 'readers'
}

function selectStream(session: Session, id: string, along: 'sources' | 'readers'): void {
  selectOnly(session.flow, [...reach([id], topologyOf(shownIn(session))[along])])
}

/** Opens the inspector beside the canvas and keeps the node in view. */
function showInspector(app: App, id: string): void {
  if (app.view.getState().inspector) return
  app.view.setState({ inspector: true })
  requestAnimationFrame(() => app.canvas?.reveal(id))
}

function openMenu(app: App, event: MouseEvent | globalThis.MouseEvent, target: 'canvas' | 'node' | 'wire', id?: string) {
  event.preventDefault()
  const screen = { x: event.clientX, y: event.clientY }
  app.view.setState({
    overlay: { type: 'menu', screen, at: app.canvas?.toFlow(screen) ?? { x: 0, y: 0 }, target, ...(id === undefined ? {} : { id }) },
  })
}
