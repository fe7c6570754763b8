import { createStore } from 'zustand/vanilla'
import type { RunRequest } from '../../shared/api'
import { type GraphDocument, parseEndpoint } from '../../shared/graph/document'
import { nodeAt } from '../../shared/graph/focus'
import { has } from '../../shared/graph/ids'
import type { Json } from '../../shared/json'
import { noControl, type RunControl, type WireBreak, type WireCondition } from '../../shared/run/control'
import type { TokenCondition } from '../../shared/run/token-break'

/** Where runs of a graph pause and which outputs are pinned, by place (`outer/inner/node`). It belongs to the person: saved beside the graph, never in it, and not undone with it. */
export type ControlStore = ReturnType<typeof createControlStore>
export const createControlStore = () => createStore<RunControl>(() => noControl)

export const hasBreakpoint = (control: RunControl, node: string): boolean => control.breakpoints.includes(node)
export const pinsOf = (control: RunControl, node: string): Readonly<Record<string, Json>> | undefined =>
  has(control.pins, node) ? control.pins[node] : undefined

/** All of them, or none if all have one. */
export function toggleBreakpoints(store: ControlStore, nodes: readonly string[]): void {
  store.setState(({ breakpoints }) => {
    const others = breakpoints.filter((node) => !nodes.includes(node))
    return { breakpoints: nodes.every((node) => breakpoints.includes(node)) ? others : [...others, ...nodes] }
  })
}

/** `undefined` takes the pin away. */
export function pin(store: ControlStore, node: string, port: string, value: Json | undefined): void {
  store.setState(({ pins }) => {
    const { [node]: before = {}, ...others } = pins
    const { [port]: _, ...ports } = before
    const next = value === undefined ? ports : { ...ports, [port]: value }
    return { pins: Object.keys(next).length === 0 ? others : { ...others, [node]: next } }
  })
}

/** A wire, and the containers around it (`placePrefix`). */
export type PlacedWire = Pick<WireBreak, 'from' | 'to' | 'in'>

const isSame = (a: PlacedWire, b: PlacedWire): boolean => a.from === b.from && a.to === b.to && (a.in ?? '') === (b.in ?? '')

export const breakOn = ({ wireBreaks }: RunControl, wire: PlacedWire): WireBreak | undefined =>
  wireBreaks.find((other) => isSame(other, wire))

/** `undefined` takes it away. */
export function setWireBreak(store: ControlStore, wire: PlacedWire, when: WireCondition | undefined): void {
  store.setState(({ wireBreaks }) => {
    const others = wireBreaks.filter((other) => !isSame(other, wire))
    const { from, to, in: place } = wire
    return { wireBreaks: when === undefined ? others : [...others, { from, to, ...(place ? { in: place } : {}), when }] }
  })
}

/** Before which token what the node at this place writes is held. */
export const tokenBreakOf = ({ tokenBreaks }: RunControl, node: string): TokenCondition | undefined =>
  tokenBreaks.find((other) => other.node === node)?.when

/** `undefined` takes it away. */
export function setTokenBreak(store: ControlStore, node: string, when: TokenCondition | undefined): void {
  store.setState(({ tokenBreaks }) => {
    const others = tokenBreaks.filter((other) => other.node !== node)
    return { tokenBreaks: when === undefined ? others : [...others, { node, when }] }
  })
}

/** What a run is told of it: only what is still in the graph. */
export function controlFor(
  { breakpoints, wireBreaks, tokenBreaks, pins }: RunControl,
  document: GraphDocument,
): Pick<RunRequest, keyof RunControl> {
  const isThere = (node: string): boolean => nodeAt(document, node) !== undefined
  const isWire = ({ from, to, in: place = '' }: WireBreak): boolean => {
    const target = nodeAt(document, place + (parseEndpoint(to)?.node ?? ''))
    return target?.graph.wires.some((wire) => wire.from === from && wire.to === to) ?? false
  }
  return {
    breakpoints: breakpoints.filter(isThere),
    wireBreaks: wireBreaks.filter(isWire),
    tokenBreaks: tokenBreaks.filter(({ node }) => isThere(node)),
    pins: Object.fromEntries(Object.entries(pins).filter(([node]) => isThere(node))),
  }
}
