import type { NodeStatus } from '../state/run'
import type { FlowNode, FlowWire } from './flow-mapping'
import { around, type Box, boxOf } from './guides'

/** The small map, drawn as one picture: a thousand cards cost one drawing, not a thousand parts of a page. */
export interface MapScale {
  /** canvas coordinates of the map's corner */
  readonly x: number
  readonly y: number
  /** pixels of the map per unit of the canvas */
  readonly factor: number
}

const margin = 6

/** Shows all cards and what is in view, in the middle. */
export function mapScale(nodes: readonly FlowNode[], view: Box, size: { readonly width: number; readonly height: number }): MapScale {
  const whole = around([...nodes.map(boxOf), view])
  const factor = Math.min((size.width - 2 * margin) / Math.max(1, whole.width), (size.height - 2 * margin) / Math.max(1, whole.height))
  return {
    x: whole.x - (size.width / factor - whole.width) / 2,
    y: whole.y - (size.height / factor - whole.height) / 2,
    factor,
  }
}

/** Does the view hold every card, as good as whole? Then a map tells nothing, and would hide some of them. */
export function isAllInSight(nodes: readonly FlowNode[], view: Box): boolean {
  const whole = around([...nodes.map(boxOf), view])
  return whole.width <= view.width * almost && whole.height <= view.height * almost
}
/** a card that is cut by so little at an edge can still be read */
const almost = 1.05

interface Shown {
  readonly nodes: readonly FlowNode[]
  readonly wires: readonly FlowWire[]
  status(id: string): NodeStatus
  colour(name: string): string
}

const colourOf: Partial<Record<NodeStatus, string>> = {
  running: '--live',
  done: '--good',
  cached: '--good',
  failed: '--bad',
  stale: '--warn',
  stopped: '--warn',
}
const sharpness = 2

/** The colours of the theme that is shown, by the name of their constant. */
export function coloursNow(): (name: string) => string {
  const style = getComputedStyle(document.documentElement)
  const known = new Map<string, string>()
  return (name) => {
    const colour = known.get(name) ?? style.getPropertyValue(name).trim()
    known.set(name, colour)
    return colour
  }
}

/** What is drawn in one colour is one stroke of the pen. */
export function drawMap(canvas: HTMLCanvasElement, { x, y, factor }: MapScale, view: Box, { nodes, wires, status, colour }: Shown): void {
  const pen = canvas.getContext('2d')
  if (!pen) return
  pen.setTransform(1, 0, 0, 1, 0, 0)
  pen.clearRect(0, 0, canvas.width, canvas.height)
  pen.setTransform(factor * sharpness, 0, 0, factor * sharpness, -x * factor * sharpness, -y * factor * sharpness)
  const thin = 1 / factor
  const places = new Map(nodes.map((node) => [node.id, boxOf(node)]))
  pen.lineWidth = thin * 0.8
  pen.globalAlpha = 0.55
  for (const [family, some] of grouped(wires, (wire) => wire.data?.family ?? 'text')) {
    pen.strokeStyle = colour(`--${family}`)
    pen.beginPath()
    for (const wire of some) {
      const from = places.get(wire.source)
      const to = places.get(wire.target)
      if (!from || !to) continue
      pen.moveTo(from.x + from.width, from.y + from.height / 2)
      pen.lineTo(to.x, to.y + to.height / 2)
    }
    pen.stroke()
  }
  pen.globalAlpha = 1
  const boxes = (some: readonly FlowNode[], act: 'fill' | 'stroke') => {
    pen.beginPath()
    for (const node of some) {
      const { x: left, y: top, width, height } = places.get(node.id) ?? boxOf(node)
      pen.rect(left, top, width, height)
    }
    pen[act]()
  }
  pen.lineWidth = thin
  pen.strokeStyle = colour('--line-strong')
  boxes(
    nodes.filter(({ type }) => type === 'frame'),
    'stroke',
  )
  const cards = nodes.filter(({ type }) => type !== 'frame')
  for (const [name, some] of grouped(cards, (node) => fillOf(node, status(node.id)))) {
    pen.fillStyle = colour(name)
    boxes(some, 'fill')
  }
  pen.strokeStyle = colour('--accent')
  pen.lineWidth = thin * 1.5
  boxes(
    cards.filter(({ selected }) => selected),
    'stroke',
  )
  pen.strokeStyle = colour('--ink-3')
  pen.lineWidth = thin * 1.2
  pen.strokeRect(view.x, view.y, view.width, view.height)
}

function fillOf({ type }: FlowNode, status: NodeStatus): string {
  if (type === 'note') return '--weights-soft'
  return colourOf[status] ?? (type === 'graphInput' || type === 'graphOutput' ? '--model' : '--line-strong')
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}
