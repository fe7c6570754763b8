import type { ELK as Elk, ElkNode } from 'elkjs/lib/elk-api'
import type { FlowState } from '../state/flow'
import { type FlowNode, sizeOf } from './flow-mapping'

/** Layered layout from left to right, in a worker of its own that is started at the first use. Notes and frames stay out of it. */
let elk: Promise<Elk> | undefined

const startElk = (): Promise<Elk> =>
  (elk ??= Promise.all([import('elkjs/lib/elk-api'), import('elkjs/lib/elk-worker.min.js?worker')]).then(
    ([{ default: ELK }, { default: ElkWorker }]) => new ELK({ workerFactory: () => new ElkWorker() }),
  ))

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.layered.spacing.nodeNodeBetweenLayers': '86',
  'elk.spacing.nodeNode': '34',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.crossingMinimization.strategy': 'LAYER_SWEEP',
}

/** New places of the nodes (of `only`, if given); the whole keeps its upper left corner. */
export async function layOut(
  flow: Pick<FlowState, 'nodes' | 'wires'>,
  only?: readonly string[],
): Promise<Record<string, { x: number; y: number }>> {
  const nodes = flow.nodes.filter((node) => node.type !== 'note' && node.type !== 'frame' && (!only || only.includes(node.id)))
  const ids = new Set(nodes.map((node) => node.id))
  const engine = await startElk()
  const graph: ElkNode = {
    id: 'root',
    layoutOptions: options,
    children: nodes.map((node) => ({ id: node.id, ...sizeOf(node) })),
    edges: flow.wires
      .filter((wire) => ids.has(wire.source) && ids.has(wire.target))
      .map((wire) => ({ id: wire.id, sources: [wire.source], targets: [wire.target] })),
  }
  return placed(await engine.layout(graph), nodes)
}

function placed(result: ElkNode, nodes: readonly FlowNode[]): Record<string, { x: number; y: number }> {
  const children = result.children ?? []
  const corner = (pick: (item: { x: number; y: number }) => number, items: readonly { x: number; y: number }[]) =>
    Math.min(...items.map(pick))
  const from = { x: corner((item) => item.x, children.map(point)), y: corner((item) => item.y, children.map(point)) }
  const to = {
    x: corner(
      (item) => item.x,
      nodes.map((node) => node.position),
    ),
    y: corner(
      (item) => item.y,
      nodes.map((node) => node.position),
    ),
  }
  return Object.fromEntries(
    children.map((child) => [child.id, { x: Math.round(point(child).x - from.x + to.x), y: Math.round(point(child).y - from.y + to.y) }]),
  )
}

const point = ({ x = 0, y = 0 }: ElkNode) => ({ x, y })
