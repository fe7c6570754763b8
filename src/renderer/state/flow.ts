import { createStore } from 'zustand/vanilla'
import type { GraphDocument } from '../../shared/graph/document'
import type { NodeSpecs } from '../../shared/graph/specs'
import { type FlowNode, type FlowWire, mapFrames, mapNodes, mapWires } from '../canvas/flow-mapping'

/** React Flow's arrays: derived from the document, plus what is not worth saving (selection, a drag under way, measured sizes). */
export interface FlowState {
  readonly nodes: readonly FlowNode[]
  readonly wires: readonly FlowWire[]
  /** ids as in the flow: `rank`, `@question`, `note:n1` */
  readonly selectedNodes: readonly string[]
  readonly selectedWires: readonly string[]
}

export type FlowStore = ReturnType<typeof createFlowStore>

export const createFlowStore = () => createStore<FlowState>(() => ({ nodes: [], wires: [], selectedNodes: [], selectedWires: [] }))

export function deriveFlow(flow: FlowStore, document: GraphDocument, specs: NodeSpecs): void {
  const before = flow.getState()
  const nodes = mapNodes(document, before.nodes, specs)
  const frames = mapFrames(document, nodes, before.nodes)
  setFlow(flow, [...frames, ...nodes], mapWires(document, specs, before.wires))
}

/** Sets the arrays and keeps the two lists of what is selected; equal lists stay the same object. */
export function setFlow(flow: FlowStore, nodes: readonly FlowNode[], wires: readonly FlowWire[]): void {
  const before = flow.getState()
  const selectedNodes = sameOr(
    before.selectedNodes,
    nodes.filter((node) => node.selected).map((node) => node.id),
  )
  const selectedWires = sameOr(
    before.selectedWires,
    wires.filter((wire) => wire.selected).map((wire) => wire.id),
  )
  flow.setState({ nodes: sameOr(before.nodes, nodes), wires: sameOr(before.wires, wires), selectedNodes, selectedWires })
}

function sameOr<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  return before.length === after.length && before.every((item, i) => item === after[i]) ? before : after
}

export function selectOnly(flow: FlowStore, nodes: readonly string[], wires: readonly string[] = []): void {
  const chosen = new Set(nodes)
  const chosenWires = new Set(wires)
  const state = flow.getState()
  setFlow(
    flow,
    state.nodes.map((node) => ((node.selected ?? false) === chosen.has(node.id) ? node : { ...node, selected: chosen.has(node.id) })),
    state.wires.map((wire) =>
      (wire.selected ?? false) === chosenWires.has(wire.id) ? wire : { ...wire, selected: chosenWires.has(wire.id) },
    ),
  )
}
