import type { NodeChange } from '@xyflow/react'
import { setFlow } from '../state/flow'
import type { Session } from '../state/session'
import type { Point } from '../state/view'
import { drawnOf, type FlowNode } from './flow-mapping'
import { boxOf, guides } from './guides'
import { companionsOf, snapped } from './moving'
import { wirePath } from './wire-path'

/**
 * Cards in the hand. While they are dragged, only their boxes and the wires on them are moved, right in the page: no store, no component and no other card hears of it,
 * so a frame costs the same among a thousand cards as among three. When the hand lets go, the page is put back and the places go the usual way: flow, then document.
 */
export interface Hand {
  /** the drag was begun with Alt held */
  readonly clones: boolean
  /** the wires that hang on the cards */
  readonly wires: ReadonlySet<string>
  /** the grid pulls instead of the guides */
  grid: boolean
  move(changes: NodeChange<FlowNode>[], zoom: number): void
  /** Puts the page back and the cards, in the flow, where they were let go. */
  letGo(): void
}

/** pixels within which a card is pulled onto a line */
const guideReach = 6

interface Moving {
  readonly node: FlowNode
  readonly element: HTMLElement | undefined
  readonly transform: string
  at: Point
}

interface Hanging {
  readonly paths: readonly { readonly element: SVGPathElement; readonly before: string }[]
  readonly points: readonly (readonly [number, number])[]
  readonly start: Point
  readonly end: Point
  readonly source: string
  readonly target: string
}

export function takeInHand(
  session: Session,
  root: HTMLElement,
  dragged: readonly FlowNode[],
  keys: { readonly altKey: boolean; readonly shiftKey: boolean },
): Hand {
  const { nodes, wires } = session.flow.getState()
  const ids = new Set(dragged.flatMap(({ id }) => [id, ...companionsOf(session, id)]))
  const still = drawnOf(nodes)
    .filter((node) => !ids.has(node.id) && node.type !== 'frame')
    .map(boxOf)
  const moving = new Map(nodes.flatMap((node) => (ids.has(node.id) ? [[node.id, movingOf(root, node)] as const] : [])))
  // From afar a wire becomes an element of its own only now, so it may come a moment later than the hand.
  let missing = wires.filter((wire) => ids.has(wire.source) || ids.has(wire.target))
  const names = new Set(missing.map(({ id }) => id))
  const hanging: Hanging[] = []
  let tries = 4
  const findWires = () => {
    tries--
    const found = missing.map((wire) => [wire, hangingOf(root, wire.id, wire)] as const)
    hanging.push(...found.flatMap(([, parts]) => parts))
    missing = found.flatMap(([wire, parts]) => (parts.length > 0 ? [] : [wire]))
  }
  findWires()
  root.classList.add('is-dragging')
  return {
    clones: keys.altKey,
    wires: names,
    grid: keys.shiftKey,
    move(changes, zoom) {
      const lined = snapped(changes, still, dragged, guideReach / zoom, this.grid)
      for (const change of lined) {
        if (change.type !== 'position' || !change.position) continue
        moveWith(moving, companionsOf(session, change.id), change.id, change.position)
      }
      if (missing.length > 0 && tries > 0) findWires()
      drawMoved(moving, hanging)
    },
    letGo() {
      root.classList.remove('is-dragging')
      guides.setState({ lines: [] })
      for (const { element, transform } of moving.values()) if (element) element.style.transform = transform
      for (const { paths } of hanging) for (const { element, before } of paths) element.setAttribute('d', before)
      const state = session.flow.getState()
      const placed = state.nodes.map((node) => {
        const at = moving.get(node.id)?.at
        return at && (at.x !== node.position.x || at.y !== node.position.y) ? { ...node, position: at } : node
      })
      setFlow(session.flow, placed, state.wires)
    },
  }
}

function movingOf(root: HTMLElement, node: FlowNode): Moving {
  const element = root.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(node.id)}"]`) ?? undefined
  return { node, element, transform: element?.style.transform ?? '', at: node.position }
}

/** A drawn wire, taken apart: its line begins and ends where its ports are. */
function hangingOf(
  root: HTMLElement,
  id: string,
  wire: { source: string; target: string; data?: { layout: { points?: [number, number][] | undefined } | undefined } | undefined },
): Hanging[] {
  const edge = root.querySelector(`.react-flow__edge[data-id="${CSS.escape(id)}"]`)
  const paths = [...(edge?.querySelectorAll<SVGPathElement>('path') ?? [])].map((element) => ({
    element,
    before: element.getAttribute('d') ?? '',
  }))
  const numbers = (paths[0]?.before.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number)
  const [x = 0, y = 0] = numbers
  const end = { x: numbers.at(-2) ?? 0, y: numbers.at(-1) ?? 0 }
  return paths.length === 0
    ? []
    : [{ paths, points: wire.data?.layout?.points ?? [], start: { x, y }, end, source: wire.source, target: wire.target }]
}

function moveWith(moving: ReadonlyMap<string, Moving>, companions: readonly string[], id: string, to: Point): void {
  const own = moving.get(id)
  if (!own) return
  const dx = to.x - own.node.position.x
  const dy = to.y - own.node.position.y
  own.at = to
  for (const companion of companions) {
    const other = moving.get(companion)
    if (other) other.at = { x: other.node.position.x + dx, y: other.node.position.y + dy }
  }
}

function drawMoved(moving: ReadonlyMap<string, Moving>, hanging: readonly Hanging[]): void {
  for (const { element, at } of moving.values()) if (element) element.style.transform = `translate(${at.x}px,${at.y}px)`
  for (const { paths, points, start, end, source, target } of hanging) {
    const [first, last] = [moving.get(source), moving.get(target)]
    const along = first && last ? points.map(([x, y]) => inStep({ x, y }, first)) : points
    const line = wirePath(shifted(start, first), along, shifted(end, last))
    for (const { element } of paths) element.setAttribute('d', line)
  }
}

const inStep = (place: Point, moved: Moving): [number, number] => {
  const { x, y } = shifted(place, moved)
  return [x, y]
}

const shifted = (place: Point, moved: Moving | undefined): Point =>
  moved ? { x: place.x + moved.at.x - moved.node.position.x, y: place.y + moved.at.y - moved.node.position.y } : place
