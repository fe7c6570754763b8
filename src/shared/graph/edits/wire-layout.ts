import type { Edited } from '../diff'
import { type GraphBody, type GraphDocument, parseEndpoint, type WireLayout } from '../document'
import type { Position } from './layout'
import { editBody, type Scoped } from './scope'
import { type WireEnds as Ends, wireKeyOf, wireLayout, withWireLayouts } from './wire-ui'

/** How single wires are drawn: points that they pass through, and names by which they are sent instead of being drawn. Layout: no result depends on it. */

/** A point on the way, before the one that now has that place; `at` beyond the last puts it last. */
export const addReroute = (document: GraphDocument, args: Scoped & { readonly wire: Ends; readonly at: number } & Position): Edited =>
  editWire(document, args, (points) => [...points.slice(0, args.at), [args.x, args.y], ...points.slice(args.at)])

export const moveReroute = (document: GraphDocument, args: Scoped & { readonly wire: Ends; readonly at: number } & Position): Edited =>
  editWire(document, args, (points) => points.map((point, i) => (i === args.at ? [args.x, args.y] : point)))

export const removeReroute = (document: GraphDocument, args: Scoped & { readonly wire: Ends; readonly at: number }): Edited =>
  editWire(document, args, (points) => points.filter((_, i) => i !== args.at))

/** Sends a wire by name, or draws it again when the name is undefined. */
export const setLinkName = (
  document: GraphDocument,
  args: Scoped & { readonly wires: readonly Ends[]; readonly name: string | undefined },
): Edited =>
  editBody(document, args, (body) =>
    args.wires.reduce((at, wire) => {
      const { name: _, ...rest } = wireLayout(at, wire) ?? {}
      return withLayout(at, wire, args.name === undefined ? rest : { ...rest, name: args.name })
    }, body),
  )

/** All points of some wires at once. */
export const setWirePoints = (
  document: GraphDocument,
  args: Scoped & { readonly wires: readonly Ends[]; readonly points: Points },
): Edited =>
  editBody(document, args, (body) =>
    args.wires.reduce((at, wire) => {
      const { points: _, ...rest } = wireLayout(at, wire) ?? {}
      return withLayout(at, wire, args.points.length === 0 ? rest : { ...rest, points: args.points })
    }, body),
  )

type Points = NonNullable<WireLayout['points']>

/** Points go along when both cards of their wire move by the same step (`steps`: x and y by id of the card). */
export const carryPoints = (body: GraphBody, steps: ReadonlyMap<string, Position>): GraphBody =>
  mapPoints(body, (points, from, to) => {
    const [a, b] = [steps.get(from), steps.get(to)]
    return a && b && a.x === b.x && a.y === b.y && (a.x !== 0 || a.y !== 0) ? points.map(([x, y]) => [x + a.x, y + a.y]) : points
  })

/** Wires of cards that got a new place each are drawn straight: their points belonged to the old places. */
export const dropPoints = (body: GraphBody, cards: ReadonlySet<string>): GraphBody =>
  mapPoints(body, (points, from, to) => (cards.has(from) || cards.has(to) ? [] : points))

function mapPoints(body: GraphBody, change: (points: Points, from: string, to: string) => Points): GraphBody {
  const changed = Object.entries(body.ui.wires ?? {}).flatMap(([key, layout]) => {
    const [from = '', to = ''] = key.split('>')
    const [start, end] = [parseEndpoint(from)?.node, parseEndpoint(to)?.node]
    if (!layout.points || start === undefined || end === undefined) return []
    const points = change(layout.points, start, end)
    return points === layout.points ? [] : [{ wire: { from, to }, layout, points }]
  })
  return changed.reduce((at, { wire, layout: { points: _, ...rest }, points }) => {
    return withLayout(at, wire, points.length === 0 ? rest : { ...rest, points })
  }, body)
}

const editWire = (document: GraphDocument, args: Scoped & { readonly wire: Ends }, change: (points: Points) => Points): Edited =>
  editBody(document, args, (body) => {
    const before = wireLayout(body, args.wire)
    const points = change(before?.points ?? [])
    const { points: _, ...rest } = before ?? {}
    return withLayout(body, args.wire, points.length === 0 ? rest : { ...rest, points })
  })

/** A wire that is not there gets none. */
function withLayout(body: GraphBody, wire: Ends, layout: WireLayout): GraphBody {
  const key = wireKeyOf(wire)
  const isThere = wire.to.startsWith('=')
    ? body.interface.outputs[wire.to.slice(1)]?.from === wire.from
    : body.wires.some((other) => wireKeyOf(other) === key)
  const { [key]: _, ...others } = body.ui.wires ?? {}
  const wires = Object.keys(layout).length === 0 || !isThere ? others : { ...others, [key]: layout }
  return { ...body, ui: withWireLayouts(body.ui, wires) }
}
