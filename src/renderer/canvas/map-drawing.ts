import type { NodeStatus } from '../state/run'
import type { FlowNode, FlowWire } from './flow-mapping'
import { sizeOf } from './flow-mapping'
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

interface Shown {
  readonly nodes: readonly FlowNode[]
  readonly wires: readonly FlowWire[]
  status(id: string): NodeStatus
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

export function drawMap(canvas: HTMLCanvasElement, { x, y, factor }: MapScale, view: Box, { nodes, wires, status }: Shown): void {
  const pen = canvas.getContext('2d')
  if (!pen) return
  const style = getComputedStyle(document.documentElement)
  const colours = new Map<string, string>()
  const colour = (name: string) => {
    const known = colours.get(name) ?? style.getPropertyValue(name).trim()
    colours.set(name, known)
    return known
  }
  pen.setTransform(1, 0, 0, 1, 0, 0)
  pen.clearRect(0, 0, canvas.width, canvas.height)
  pen.setTransform(factor * sharpness, 0, 0, factor * sharpness, -x * factor * sharpness, -y * factor * sharpness)
  const thin = 1 / factor
  const places = new Map(nodes.map((node) => [node.id, boxOf(node)]))
  pen.lineWidth = thin * 0.8
  for (const wire of wires) {
    const from = places.get(wire.source)
    const to = places.get(wire.target)
    if (!from || !to) continue
    pen.strokeStyle = colour(`--${wire.data?.family ?? 'text'}`)
    pen.globalAlpha = 0.55
    pen.beginPath()
    pen.moveTo(from.x + from.width, from.y + from.height / 2)
    pen.lineTo(to.x, to.y + to.height / 2)
    pen.stroke()
  }
  pen.globalAlpha = 1
  for (const node of nodes) {
    const { width, height } = sizeOf(node)
    const { x: left, y: top } = node.position
    if (node.type === 'frame') {
      pen.strokeStyle = colour('--line-strong')
      pen.lineWidth = thin
      pen.strokeRect(left, top, width, height)
      continue
    }
    const end = node.type === 'graphInput' || node.type === 'graphOutput'
    pen.fillStyle = colour(node.type === 'note' ? '--weights-soft' : (colourOf[status(node.id)] ?? (end ? '--model' : '--line-strong')))
    pen.fillRect(left, top, width, height)
    if (!node.selected) continue
    pen.strokeStyle = colour('--accent')
    pen.lineWidth = thin * 1.5
    pen.strokeRect(left, top, width, height)
  }
  pen.strokeStyle = colour('--ink-3')
  pen.lineWidth = thin * 1.2
  pen.strokeRect(view.x, view.y, view.width, view.height)
}
