import { applyEdgeChanges, applyNodeChanges, type EdgeChange, type NodeChange, useReactFlow, type Viewport } from '@xyflow/react'
import { type DragEvent, type MouseEvent, type RefObject, useMemo } from 'react'
import { reach, topologyOf } from '../../shared/graph/topology'
import { openPaletteAt } from '../panels/open-palette'
import type { App } from '../state/app'
import { quickAdd } from '../state/chaining'
import { shownPath } from '../state/document'
import { selectOnly, setFlow } from '../state/flow'
import { openPanel } from '../state/panels'
import { goInto } from '../state/places'
import type { Session } from '../state/session'
import { shownIn } from '../state/session'
import { mayOpenInspector } from '../state/view'
import { apart } from './apart'
import { secondClickIsFor } from './double-click'
import { dropFiles, droppedBy } from './drops'
import type { Fitting } from './fitting'
import { type FlowNode, type FlowWire, reframed, withoutGuess } from './flow-mapping'
import { isPane } from './gestures'
import { type Hand, takeInHand } from './hand'
import { cloneDragged, moveNodes, spliceDropped } from './moving'

const peekDelayMs = 300

interface HeldKeys {
  readonly shiftKey: boolean
  readonly altKey: boolean
}

/** What the hand does on the canvas: moves, presses, drops. The same functions as long as the session is the same. */
export function useHandlers(app: App, session: Session, frame: RefObject<HTMLDivElement | null>, fitting: Fitting) {
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
        const path = shownPath(session.document.getState())
        if (fitting.isWhole()) session.viewports.forget(path)
        else session.viewports.keep(path, viewport)
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
        else if (mayOpenInspector(app.view)) {
          secondClickIsFor(event, () => goInto(app, session, node.id))
          showInspector(app, node.id)
        }
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
        if (mayOpenInspector(app.view)) openBeside(app)
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
        void dropFiles(app, session, droppedBy(event.dataTransfer, at))
      },
    }
  }, [app, session, flowApi, frame, fitting])
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

/** Opens the inspector beside the canvas, which stays as it is: what was pressed is still under the pointer. */
function openBeside(app: App): void {
  app.canvas?.stayPut()
  openPanel(app.view, 'inspector')
}

/** Opens the inspector and keeps the node in view. */
function showInspector(app: App, id: string): void {
  if (app.view.getState().panels.inspector.open) return
  openBeside(app)
  requestAnimationFrame(() => app.canvas?.reveal(id))
}

function openMenu(app: App, event: MouseEvent | globalThis.MouseEvent, target: 'canvas' | 'node' | 'wire', id?: string) {
  event.preventDefault()
  const screen = { x: event.clientX, y: event.clientY }
  app.view.setState({
    overlay: { type: 'menu', screen, at: app.canvas?.toFlow(screen) ?? { x: 0, y: 0 }, target, ...(id === undefined ? {} : { id }) },
  })
}
