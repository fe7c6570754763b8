import type { Edited } from '../diff'
import type { GraphBody, GraphDocument, GraphUi, NodeLayout } from '../document'
import { layoutAt } from './nodes'
import { editBody, type Scoped, setMember } from './scope'
import { carryPoints, dropPoints } from './wire-layout'

export interface Position {
  readonly x: number
  readonly y: number
}
export interface Size {
  readonly width: number
  readonly height: number
}

/** Layout of some nodes changed; keys are node ids and the pseudo-nodes `@input`, `=output`. */
function relayout(body: GraphBody, ids: Iterable<string>, change: (layout: NodeLayout, id: string) => NodeLayout): GraphBody {
  const entries = Array.from(ids, (id) => [id, change(layoutAt(body, id), id)] as const)
  const same = entries.every(([id, layout]) => layout === body.ui.nodes[id])
  return same ? body : { ...body, ui: { ...body.ui, nodes: { ...body.ui.nodes, ...Object.fromEntries(entries) } } }
}

/** Puts nodes where a hand let go of them; points of wires between cards that moved together go along. */
export const moveNodes = (document: GraphDocument, args: Scoped & { readonly positions: { readonly [id: string]: Position } }): Edited =>
  editBody(document, args, (body) => moved(carryPoints(body, stepsOf(body, args.positions)), args.positions))

/** Puts nodes where a layout algorithm wants them, whose wires go straight; notes keep their places. */
export const applyLayout = (document: GraphDocument, args: Scoped & { readonly positions: { readonly [id: string]: Position } }): Edited =>
  editBody(document, args, (body) => moved(dropPoints(body, new Set(Object.keys(args.positions))), args.positions))

const moved = (body: GraphBody, positions: { readonly [id: string]: Position }): GraphBody =>
  relayout(body, Object.keys(positions), (layout, id) => {
    const { x = layout.x, y = layout.y } = positions[id] ?? {}
    return layout.x === x && layout.y === y && Object.hasOwn(body.ui.nodes, id) ? layout : { ...layout, x, y }
  })

const stepsOf = (body: GraphBody, positions: { readonly [id: string]: Position }): Map<string, Position> =>
  new Map(
    Object.entries(positions).map(([id, to]) => {
      const { x, y } = layoutAt(body, id)
      return [id, { x: to.x - x, y: to.y - y }] as const
    }),
  )

export const resizeNode = (document: GraphDocument, args: Scoped & { readonly node: string } & Partial<Size>): Edited =>
  editBody(document, args, (body) =>
    relayout(body, [args.node], (layout) => setMember(setMember(layout, 'width', args.width), 'height', args.height)),
  )

export const setCollapsed = (
  document: GraphDocument,
  args: Scoped & { readonly nodes: readonly string[]; readonly collapsed: boolean },
): Edited =>
  editBody(document, args, (body) => relayout(body, args.nodes, (layout) => setMember(layout, 'collapsed', args.collapsed || undefined)))

/** A pinned node stays where it is until it is unpinned. */
export const setPinned = (
  document: GraphDocument,
  args: Scoped & { readonly nodes: readonly string[]; readonly pinned: boolean },
): Edited =>
  editBody(document, args, (body) => relayout(body, args.nodes, (layout) => setMember(layout, 'pinned', args.pinned || undefined)))

export const setColor = (
  document: GraphDocument,
  args: Scoped & { readonly nodes: readonly string[]; readonly color: string | undefined },
): Edited => editBody(document, args, (body) => relayout(body, args.nodes, (layout) => setMember(layout, 'color', args.color)))

export const setViewport = (document: GraphDocument, args: Scoped & { readonly viewport: GraphUi['viewport'] }): Edited =>
  editBody(document, args, (body) => {
    const ui = setMember(body.ui, 'viewport', args.viewport)
    return ui === body.ui ? body : { ...body, ui }
  })

export type Alignment = 'left' | 'right' | 'top' | 'bottom' | 'middle' | 'center'

/** Edges or middles of nodes on one line, that of the whole selection. `sizes` are the drawn ones: the file knows only sizes that a person set. */
export const alignNodes = (
  document: GraphDocument,
  args: Scoped & { readonly nodes: readonly string[]; readonly to: Alignment; readonly sizes: { readonly [id: string]: Size } },
): Edited =>
  editBody(document, args, (body) => {
    const boxes = boxesOf(body, args.nodes, args.sizes)
    const [left, top] = [Math.min(...boxes.map(({ x }) => x)), Math.min(...boxes.map(({ y }) => y))]
    const right = Math.max(...boxes.map(({ x, width }) => x + width))
    const bottom = Math.max(...boxes.map(({ y, height }) => y + height))
    return relayout(body, args.nodes, (layout, id) => {
      const { width, height } = args.sizes[id] ?? noSize
      const x = { left, right: right - width, center: (left + right - width) / 2, top: layout.x, bottom: layout.x, middle: layout.x }[
        args.to
      ]
      const y = { top, bottom: bottom - height, middle: (top + bottom - height) / 2, left: layout.y, right: layout.y, center: layout.y }[
        args.to
      ]
      return layout.x === x && layout.y === y ? layout : { ...layout, x, y }
    })
  })

/** Equal gaps between nodes, the outermost staying where they are. Fewer than three nodes have nothing to share out. */
export const distributeNodes = (
  document: GraphDocument,
  args: Scoped & { readonly nodes: readonly string[]; readonly along: 'x' | 'y'; readonly sizes: { readonly [id: string]: Size } },
): Edited =>
  editBody(document, args, (body) => {
    const { along } = args
    const length = along === 'x' ? 'width' : 'height'
    const boxes = boxesOf(body, args.nodes, args.sizes).sort((a, b) => a[along] - b[along])
    const [first, last] = [boxes[0], boxes.at(-1)]
    if (!first || !last || boxes.length < 3) return body
    const room = last[along] + last[length] - first[along] - boxes.reduce((sum, box) => sum + box[length], 0)
    const places = new Map<string, number>()
    let at = first[along]
    for (const box of boxes) {
      places.set(box.id, at)
      at += box[length] + room / (boxes.length - 1)
    }
    return relayout(body, args.nodes, (layout, id) => {
      const place = places.get(id) ?? layout[along]
      return layout[along] === place ? layout : { ...layout, [along]: place }
    })
  })

const noSize: Size = { width: 0, height: 0 }

function boxesOf(body: GraphBody, ids: readonly string[], sizes: { readonly [id: string]: Size }) {
  return ids.map((id) => ({ id, x: layoutAt(body, id).x, y: layoutAt(body, id).y, ...(sizes[id] ?? noSize) }))
}
