import { sha256 } from '../hash'
import { canonicalJson, isJsonObject } from '../json'
import type { Endpoint, GraphDocument, GraphWire } from './document'
import { nodeLine } from './ghost-source'
import { documentShape, type Shape } from './shape'
import { wireEnds } from './wire-ends'

/**
 * The one text of a document: keys sorted, one node, wire or other record a line, layout in `ui` only and rounded to whole pixels, lines ending in "\n".
 * Nodes of unknown types keep the text they came with (`ghost-source.ts`).
 * So a changed param, title or position is one changed line, and equal documents are equal bytes. `loadGraph` of it gives the document again.
 */
export const serializeGraph = (document: GraphDocument): string => `${writeLines(document, documentShape, '')}\n`

/** Hash of everything but layout: moving, folding and colouring are not changes. 64 hexadecimal digits. */
export const semanticHash = (document: GraphDocument): string => sha256(semanticText(document))

/** What `semanticHash` hashes (SHA-256 of it as UTF-8). */
export function semanticText(document: GraphDocument): string {
  const { ui: _ui, subgraphs, ...rest } = document
  const inner = Object.entries(subgraphs).map(([id, { ui: _inner, ...body }]) => [id, body])
  return writeLines({ ...rest, subgraphs: Object.fromEntries(inner) }, documentShape, '')
}

/** An object by its shape, without a final line end. */
export function writeLines(value: unknown, shape: Shape, indent: string, path: readonly string[] = []): string {
  const inner = `${indent}  `
  if (shape.kind === 'wires' && Array.isArray(value)) return block('[', ']', indent, sortWires(value as GraphWire[]).map(canonicalJson))
  if (shape.kind === 'items' && Array.isArray(value))
    return block(
      '[',
      ']',
      indent,
      sortItems(value).map((item) => canonicalJson(rounded(item))),
    )
  if (!isJsonObject(value) || shape.kind === 'wires' || shape.kind === 'items') return canonicalJson(value)
  const write = memberWriter(shape, inner, path)
  const lines = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}: ${write(value[key], key)}`)
  return block('{', '}', indent, lines)
}

/** Writes the members of the object at `path`; what holds for all of them is asked once. */
function memberWriter(owner: Shape, indent: string, path: readonly string[]): (value: unknown, key: string) => string {
  if (owner.kind === 'groups') return (value, key) => writeLines(value, owner.each, indent, [...path, key])
  if (owner.kind === 'records') {
    if (path.at(-2) === 'ui') return (value) => canonicalJson(rounded(value))
    return path.at(-1) === 'nodes' ? nodeLine : canonicalJson
  }
  const inUi = path.at(-1) === 'ui'
  return (value, key) => {
    const shape = owner.kind === 'group' && Object.hasOwn(owner.members, key) ? owner.members[key] : undefined
    if (shape) return writeLines(value, shape, indent, [...path, key])
    return canonicalJson(inUi && key === 'viewport' ? roundedViewport(value) : value)
  }
}

function block(open: string, close: string, indent: string, lines: readonly string[]): string {
  if (lines.length === 0) return `${open}${close}`
  return `${open}\n${indent}  ${lines.join(`,\n${indent}  `)}\n${indent}${close}`
}

const pixels = new Set(['x', 'y', 'width', 'height'])

/** `x`, `y`, `width`, `height` to whole pixels; −0 becomes 0. */
function rounded(layout: unknown): unknown {
  if (!isJsonObject(layout)) return layout
  const round = ([key, value]: [string, unknown]) => [key, pixels.has(key) && typeof value === 'number' ? Math.round(value) + 0 : value]
  return Object.fromEntries(Object.entries(layout).map(round))
}

/** Offsets to whole pixels, zoom to a thousandth. */
function roundedViewport(viewport: unknown): unknown {
  if (!Array.isArray(viewport)) return viewport
  return viewport.map((value, i) =>
    typeof value !== 'number' ? value : i < 2 ? Math.round(value) + 0 : Math.round(value * 1000) / 1000 + 0,
  )
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Wires have no order of their own: by where they end, then by where they begin. */
export function sortWires(wires: readonly GraphWire[]): GraphWire[] {
  const keyed = wireEnds({ wires }).map(({ wire, to }) => {
    const { node = wire.to, port = '', order = -1 }: Partial<Endpoint> = to ?? {}
    return { wire, node, port, order }
  })
  return keyed
    .sort(
      (a, b) =>
        byText(a.node, b.node) ||
        byText(a.port, b.port) ||
        a.order - b.order ||
        byText(a.wire.to, b.wire.to) ||
        byText(a.wire.from, b.wire.from) ||
        byText(canonicalJson(a.wire), canonicalJson(b.wire)),
    )
    .map(({ wire }) => wire)
}

const sortItems = (items: readonly unknown[]): unknown[] => [...items].sort((a, b) => byText(idOf(a), idOf(b)))

const idOf = (item: unknown): string => (isJsonObject(item) && typeof item.id === 'string' ? item.id : '')
