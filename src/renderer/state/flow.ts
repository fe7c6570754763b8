import { createStore } from 'zustand/vanilla'
import type { GraphDocument } from '../../shared/graph/document'
import type { NodeSpecs } from '../../shared/graph/specs'
import { type Cards, mapCards, noCards, samePorts } from '../canvas/cards'
import { type FlowNode, type FlowWire, mapFrames, mapNodes, mapWires } from '../canvas/flow-mapping'

/** React Flow's arrays: derived from the document, plus what is not worth saving (selection, a drag under way, measured sizes). */
export interface FlowState {
  readonly nodes: readonly FlowNode[]
  readonly wires: readonly FlowWire[]
  readonly cards: Cards
  /** of which document they were derived */
  readonly of: { readonly document: GraphDocument; readonly specs: NodeSpecs } | undefined
  /** ids as in the flow: `rank`, `@question`, `note:n1` */
  readonly selectedNodes: readonly string[]
  readonly selectedWires: readonly string[]
}

export type FlowStore = ReturnType<typeof createFlowStore>

const emptyFlow: FlowState = { nodes: [], wires: [], cards: noCards, of: undefined, selectedNodes: [], selectedWires: [] }
export const createFlowStore = () => createStore<FlowState>(() => emptyFlow)

/** Nothing of one graph goes along into another: ids mean something else there. */
export const clearFlow = (flow: FlowStore): void => flow.setState(emptyFlow)

/** What an edit did not touch is not derived again: a keystroke in a param costs one card. */
export function deriveFlow(flow: FlowStore, document: GraphDocument, specs: NodeSpecs): void {
  const before = flow.getState()
  const cards = mapCards(document, specs, before.cards)
  const was = before.of?.specs === specs ? before.of.document : undefined
  const samePlaces = was !== undefined && was.ui === document.ui && was.interface === document.interface && sameKeys(before.cards, cards)
  const sameWires =
    was !== undefined &&
    was.wires === document.wires &&
    was.interface === document.interface &&
    was.ui.wires === document.ui.wires &&
    was.ui.frames === document.ui.frames &&
    samePorts(before.cards, cards)
  const cardsInPlace = samePlaces ? before.nodes : placed(document, before.nodes, cards)
  const wires = sameWires ? before.wires : mapWires(document, specs, before.wires)
  setFlow(flow, cardsInPlace, wires, { cards, of: { document, specs } })
}

const sameKeys = (a: Cards, b: Cards): boolean => a === b || (a.size === b.size && [...a.keys()].every((id) => b.has(id)))

function placed(document: GraphDocument, before: readonly FlowNode[], cards: Cards): readonly FlowNode[] {
  const nodes = mapNodes(document, before, cards)
  return [...mapFrames(document, nodes, before), ...nodes]
}

/** Sets the arrays and keeps the two lists of what is selected; equal lists stay the same object. */
export function setFlow(
  flow: FlowStore,
  nodes: readonly FlowNode[],
  wires: readonly FlowWire[],
  more: Partial<Pick<FlowState, 'cards' | 'of'>> = {},
): void {
  const before = flow.getState()
  const selectedNodes = nodes === before.nodes ? before.selectedNodes : sameOr(before.selectedNodes, selectedIn(nodes))
  const selectedWires = wires === before.wires ? before.selectedWires : sameOr(before.selectedWires, selectedIn(wires))
  flow.setState({ ...more, nodes: sameOr(before.nodes, nodes), wires: sameOr(before.wires, wires), selectedNodes, selectedWires })
}

const selectedIn = (items: readonly { readonly id: string; readonly selected?: boolean }[]): string[] =>
  items.flatMap(({ id, selected }) => (selected ? [id] : []))

function sameOr<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  return before === after || (before.length === after.length && before.every((item, i) => item === after[i])) ? before : after
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
