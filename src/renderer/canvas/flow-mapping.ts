import type { Edge, Node, NodeHandle } from '@xyflow/react'
import { type GraphBody, type GraphDocument, type GraphNode, parseEndpoint, type WireLayout } from '../../shared/graph/document'
import { wireLayout } from '../../shared/graph/edit'
import { type InPort, type OutPort, portsOf } from '../../shared/graph/ports'
import type { NodeSpecs } from '../../shared/graph/specs'
import { meet, type WireFamily, type WireKind, wireKinds } from '../../shared/wire'
import { placesOf } from './card-places'
import { cardShape } from './card-shape'
import { cardWidth, inputWidth, outputWidth } from './card-sizes'
import type { Card, Cards } from './cards'
import { foldedHandles, foldedInto, foldedSize } from './folded'
import { inHandle, outHandle } from './handles'
import { portPlaces, portSize, rowHeight } from './port-places'

/**
 * The document as React Flow's arrays. Pure. A node object carries its place and nothing of its content: cards read that from the stores by id,
 * so what did not change stays the same object and is not drawn again.
 */
export type FlowNode = Node<Record<string, never>, 'card' | 'graphInput' | 'graphOutput' | 'note' | 'frame'>

export interface WireData extends Record<string, unknown> {
  readonly from: string
  readonly to: string
  readonly kind: WireKind
  readonly family: WireFamily
  readonly list: boolean
  /** an end that is not there, or kinds that do not meet */
  readonly broken: boolean
  /** points on its way, and the name by which it is sent */
  readonly layout: WireLayout | undefined
}
export type FlowWire = Edge<WireData, 'wire'>

export const notePrefix = 'note:'
export const framePrefix = 'frame:'

/** The id of a wire in the flow: its two ends. */
export const wireId = (from: string, to: string): string => `${from}>${to}`
/** Cards, inputs, outputs and notes. Until a card has been measured it has the size and the ports that its content asks for. */
export function mapNodes(document: GraphDocument, previous: readonly FlowNode[], cards: Cards): FlowNode[] {
  const known = new Map(previous.map((node) => [node.id, node]))
  const places = placesOf(document)
  const folded = foldedInto(document.ui)
  const make = (id: string, type: FlowNode['type'], guess: () => Guess): FlowNode => {
    const before = known.get(id)
    const position = places(id)
    const layout = document.ui.nodes[id]
    const own = asWideAs(layout?.width, guess())
    const width = own.grows ? undefined : own.width
    const height = type === 'graphOutput' ? layout?.height : undefined
    const draggable = layout?.pinned !== true
    const hidden = folded.has(id)
    const same =
      before?.type === type &&
      (before.hidden ?? false) === hidden &&
      before.position.x === position.x &&
      before.position.y === position.y &&
      (before.draggable ?? true) === draggable &&
      before.width === width &&
      before.height === height
    if (same && (before.measured || before.handles === own.handles)) return before
    return {
      ...(before ?? { id, initialWidth: own.width, initialHeight: own.height, data: {} }),
      type,
      position,
      draggable,
      hidden,
      width,
      height,
      ...(hidden ? { selected: false } : {}),
      ...(before?.measured ? {} : { handles: own.handles }),
    } as FlowNode
  }
  return [
    ...[...cards].map(([id, card]) => make(id, 'card', () => guessCard(card))),
    ...Object.keys(document.interface.inputs).map((name) => make(`@${name}`, 'graphInput', () => inputGuess)),
    ...Object.keys(document.interface.outputs).map((name) => make(`=${name}`, 'graphOutput', () => outputGuess)),
    ...document.ui.notes.map((note) => mapNote(note, known.get(notePrefix + note.id), folded.has(notePrefix + note.id))),
  ]
}

interface Guess {
  readonly width: number
  readonly height: number
  readonly handles: NodeHandle[]
  /** an opened container is as wide as what it shows; all else has a width of its own or the one that a hand gave it */
  readonly grows: boolean
}

/** What is given out leaves at the right edge, wherever a hand has put that. A guess is widened once: the same ports stay the same places. */
function asWideAs(width: number | undefined, guess: Guess): Guess {
  if (width === undefined || width === guess.width || guess.grows) return guess
  const known = widened.get(guess)
  if (known?.width === width) return known
  const handles = guess.handles.map((handle) => (handle.type === 'source' ? { ...handle, x: handle.x + width - guess.width } : handle))
  const wide = { ...guess, width, handles }
  widened.set(guess, wide)
  return wide
}
const widened = new WeakMap<Guess, Guess>()

/** By the ports: the same ports are the same places. */
const guesses = new WeakMap<Card['ports'], Guess>()

function guessCard(card: Card): Guess {
  const grows = card.spec?.container !== undefined && !card.collapsed
  const known = guesses.get(card.ports)
  if (known?.grows === grows) return known
  const { top, height } = cardShape(card)
  const guess = { width: cardWidth, height, handles: portPlaces(card.ports, top, cardWidth, card.collapsed), grows }
  guesses.set(card.ports, guess)
  return guess
}

const endPort = 13.5
const only = {
  name: '',
  title: '',
  kind: 'any',
  family: 'text',
  list: false,
  summary: '',
  open: false,
  wired: true,
  isParam: false,
  missing: false,
} as const
const endTop = endPort - (rowHeight(false) - portSize) / 2
const inputGuess: Guess = {
  width: inputWidth,
  height: 120,
  handles: portPlaces({ inputs: [], outputs: [only] }, endTop, inputWidth, false),
  grows: false,
}
const outputGuess: Guess = {
  width: outputWidth,
  height: 150,
  handles: portPlaces({ inputs: [only], outputs: [] }, endTop, outputWidth, false),
  grows: false,
}

function mapNote(note: GraphDocument['ui']['notes'][number], before: FlowNode | undefined, hidden: boolean): FlowNode {
  const { id, x, y, width, height } = note
  const same = before?.position.x === x && before.position.y === y && before.width === width && before.height === height
  if (before && same && (before.hidden ?? false) === hidden) return before
  return { ...(before ?? { id: notePrefix + id, data: {} }), type: 'note', position: { x, y }, width, height, zIndex: -1, hidden }
}

/** What is drawn: all but what stands in folded frames. */
export const drawnOf = (nodes: readonly FlowNode[]): readonly FlowNode[] => nodes.filter(({ hidden }) => !hidden)

/** Once a card has been measured, its ports are where they were found. */
export const withoutGuess = (node: FlowNode): FlowNode => {
  if (!node.measured || !node.handles || node.type === 'frame') return node
  const { handles: _, ...measured } = node
  return measured
}

/** Frames stand around their nodes, with room for a title; sizes come from what React Flow measured. */
export function mapFrames(document: GraphDocument, nodes: readonly FlowNode[], previous: readonly FlowNode[]): FlowNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const known = new Map(previous.map((node) => [node.id, node]))
  return document.ui.frames.flatMap((frame) => {
    const inside = frame.nodes.flatMap((id) => byId.get(id) ?? [])
    if (inside.length === 0) return []
    const left = Math.min(...inside.map((node) => node.position.x)) - frameMargin
    const top = Math.min(...inside.map((node) => node.position.y)) - frameMargin - frameTitle
    const right = Math.max(...inside.map((node) => node.position.x + sizeOf(node).width)) + frameMargin
    const bottom = Math.max(...inside.map((node) => node.position.y + sizeOf(node).height)) + frameMargin
    const id = framePrefix + frame.id
    const before = known.get(id)
    const folded = frame.collapsed === true
    const { width, height } = folded ? foldedSize : { width: right - left, height: bottom - top }
    const handles = folded ? foldedHandles : undefined
    const same = before?.position.x === left && before.position.y === top && before.width === width && before.height === height
    if (before && same && before.handles === handles) return [before]
    const { handles: _, ...kept } = before ?? { id, data: {}, handles }
    const place = { type: 'frame' as const, position: { x: left, y: top }, width, height, zIndex: folded ? 0 : -2 }
    return [{ ...kept, ...place, ...(handles ? { handles } : {}) } as FlowNode]
  })
}

/** Frames fit again after cards were measured: a card grows when its output comes. */
export function reframed(document: GraphDocument, nodes: readonly FlowNode[]): readonly FlowNode[] {
  if (document.ui.frames.length === 0) return nodes
  const cards = nodes.filter((node) => node.type !== 'frame')
  return [...mapFrames(document, cards, nodes), ...cards]
}

const frameMargin = 22
const frameTitle = 30

export const sizeOf = (node: FlowNode): { width: number; height: number } => ({
  width: node.measured?.width ?? node.width ?? node.initialWidth ?? cardWidth,
  height: node.measured?.height ?? node.height ?? node.initialHeight ?? 100,
})

export function mapWires(document: GraphDocument, specs: NodeSpecs, previous: readonly FlowWire[]): FlowWire[] {
  const known = new Map(previous.map((wire) => [wire.id, wire]))
  const folded = foldedInto(document.ui)
  const wires = [
    ...document.wires,
    ...Object.entries(document.interface.outputs).flatMap(([name, output]) => (output.from ? [{ from: output.from, to: `=${name}` }] : [])),
  ]
  return wires.flatMap(({ from, to }) => {
    const start = parseEndpoint(from)
    const end = parseEndpoint(to)
    if (!start || !end || !isThere(document, start.node) || !isThere(document, end.node)) return []
    const out = outputAt(document, specs, start.node, start.port)
    const inn = inputAt(document, specs, end.node, end.port)
    const kind = out?.wire ?? inn?.wire ?? 'any'
    const broken = !out || !inn || !meet(out.wire, inn.wire).ok
    const id = wireId(from, to)
    const before = known.get(id)
    const list = out?.list ?? false
    const layout = wireLayout(document, { from, to })
    const [source, target] = [folded.get(start.node) ?? start.node, folded.get(end.node) ?? end.node]
    if (source === target && folded.has(start.node)) return []
    if (
      before?.data &&
      before.source === source &&
      before.target === target &&
      before.data.kind === kind &&
      before.data.broken === broken &&
      before.data.list === list &&
      before.data.layout === layout
    )
      return [before]
    return [
      {
        ...(before ?? { id }),
        type: 'wire' as const,
        source,
        target,
        sourceHandle: outHandle(source === start.node ? start.port : ''),
        targetHandle: inHandle(target === end.node ? end.port : ''),
        data: { from, to, kind, family: wireKinds[kind].family, list, broken, layout },
        ariaLabel: `Wire of ${wireKinds[kind].title} from ${spoken(from, out)} to ${spoken(to, inn)}`,
      },
    ]
  })
}

/** An end of a wire as it is read aloud. */
const spoken = (text: string, port: { readonly title: string } | undefined): string => {
  const end = parseEndpoint(text)
  return end && end.port !== '' ? `${port?.title ?? end.port} of ${end.node}` : text
}

/** About where a wire begins and ends: the middle of its cards' sides. Good enough to say which of its stretches a point is near. */
export function endsOf(nodes: readonly FlowNode[], wire: FlowWire): { readonly start: Place; readonly end: Place } | undefined {
  const source = nodes.find(({ id }) => id === wire.source)
  const target = nodes.find(({ id }) => id === wire.target)
  if (!source || !target) return undefined
  const start = { x: source.position.x + sizeOf(source).width, y: source.position.y + sizeOf(source).height / 2 }
  return { start, end: { x: target.position.x, y: target.position.y + sizeOf(target).height / 2 } }
}
interface Place {
  readonly x: number
  readonly y: number
}

const isThere = (body: GraphBody, node: string): boolean =>
  node.startsWith('@')
    ? Object.hasOwn(body.interface.inputs, node.slice(1))
    : node.startsWith('=')
      ? Object.hasOwn(body.interface.outputs, node.slice(1))
      : Object.hasOwn(body.nodes, node)

/** The output that a wire starts from; undefined where it is not there. A ghost has every output that is asked for. */
export function outputAt(
  document: GraphDocument,
  specs: NodeSpecs,
  node: string,
  port: string,
): Pick<OutPort, 'title' | 'wire' | 'list'> | undefined {
  if (node.startsWith('@')) {
    const input = document.interface.inputs[node.slice(1)]
    return input ? { title: node, wire: input.type, list: false } : undefined
  }
  const found = ownNode(document, node)
  if (!found) return undefined
  const spec = specs.get(found.type)
  return spec ? portsOf(found, spec, document).outputs.get(port) : { title: port, wire: 'any', list: false }
}

export function inputAt(
  document: GraphDocument,
  specs: NodeSpecs,
  node: string,
  port: string,
): Pick<InPort, 'title' | 'wire' | 'arity' | 'takesList'> | undefined {
  if (node.startsWith('=')) {
    const output = document.interface.outputs[node.slice(1)]
    return output ? { title: node, wire: output.type, arity: 'one', takesList: true } : undefined
  }
  const found = ownNode(document, node)
  if (!found) return undefined
  const spec = specs.get(found.type)
  return spec ? portsOf(found, spec, document).inputs.get(port) : { title: port, wire: 'any', arity: 'many', takesList: true }
}

const ownNode = (body: GraphBody, id: string): GraphNode | undefined => (Object.hasOwn(body.nodes, id) ? body.nodes[id] : undefined)
