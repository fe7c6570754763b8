import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { templateFiles } from '../src/main/api/templates'
import { createCatalog } from '../src/main/nodes/catalog'
import { mapCards, noCards } from '../src/renderer/canvas/cards'
import { fitZoom } from '../src/renderer/canvas/fit'
import { mapNodes, mapWires, notePrefix } from '../src/renderer/canvas/flow-mapping'
import { around, boxOf } from '../src/renderer/canvas/guides'
import { crosses } from '../src/renderer/canvas/wire-path'
import { lineOf, wirePlaces } from '../src/renderer/canvas/wire-places'
import type { GraphDocument } from '../src/shared/graph/document'
import { focusOn } from '../src/shared/graph/focus'
import { loadGraph } from '../src/shared/graph/load'
import { specsByType } from '../src/shared/graph/specs'

/** Every template can be read where it opens: large enough, nothing on anything else, no wire behind a card. Cards are as large as the window takes them to be before it has drawn them. */
const specs = specsByType(createCatalog().specs())

/** The canvas of a window of 1440 × 900 with the list of nodes on the left, and with the inspector too. */
const asOpened = { width: 1138, height: 799 }
const withInspector = { width: 802, height: 799 }
/** From afar cards are set larger, and what they say makes some of them grow. */
const gap = 12

function read(id: string): GraphDocument {
  const loaded = loadGraph(readFileSync(`resources/templates/${id}.trib.json`, 'utf8'))
  if (!loaded.ok) throw new Error(loaded.error.message)
  return loaded.document
}

function drawn(place: string) {
  const [id = '', scope] = place.split('/')
  const document = focusOn(read(id), scope)
  const nodes = mapNodes(document, [], mapCards(document, specs, noCards))
  const placed = new Map(
    nodes.map((node) => {
      const handles = {
        source: node.handles?.filter(({ type }) => type === 'source'),
        target: node.handles?.filter(({ type }) => type === 'target'),
      }
      return [node.id, { ...node, internals: { positionAbsolute: node.position, handleBounds: handles } }]
    }),
  )
  const wires = wirePlaces(placed as never, mapWires(document, specs, [])).map((place) => ({ ...place, line: lineOf(place) }))
  return { nodes, wires, boxes: nodes.map((node) => ({ id: node.id, ...boxOf(node) })) }
}

const stretches = (line: readonly { x: number; y: number }[]) => line.slice(1).map((to, i) => [line[i] ?? to, to] as const)

/** Of so many cards or fewer. */
const usual = 16
const ids = await templateFiles()
/** Every graph inside them too, as `template/subgraph`. */
const all = ids.flatMap((id) => [id, ...Object.keys(read(id).subgraphs).map((scope) => `${id}/${scope}`)])

test.each(ids)('%s opens large enough to be read, with the inspector too', (id) => {
  const { boxes } = drawn(id)
  const bounds = around(boxes)
  const cards = boxes.filter((box) => !box.id.startsWith(notePrefix)).length
  expect(fitZoom(bounds, asOpened)).toBeGreaterThanOrEqual(cards < usual ? 0.59 : 0.52)
  expect(fitZoom(bounds, withInspector)).toBeGreaterThanOrEqual(cards < usual ? 0.54 : 0.52)
})

test.each(all)('%s: nothing lies on anything else, and no wire runs behind a card that it has nothing to do with', (id) => {
  const { boxes, wires } = drawn(id)
  for (const [i, a] of boxes.entries())
    for (const b of boxes.slice(i + 1)) {
      const apart = a.x + a.width + gap <= b.x || b.x + b.width + gap <= a.x || a.y + a.height + gap <= b.y || b.y + b.height + gap <= a.y
      expect([a.id, b.id, apart]).toEqual([a.id, b.id, true])
    }
  for (const { wire, line } of wires)
    for (const { id: other, x, y, width, height } of boxes) {
      if (other === wire.source || other === wire.target || other.startsWith(notePrefix)) continue
      const isOn = line.some((at) => at.x > x && at.x < x + width && at.y > y && at.y < y + height)
      expect([wire.id, other, isOn]).toEqual([wire.id, other, false])
    }
})

test.each(all)('%s reads from left to right, or goes on in a later row', (id) => {
  const { boxes, wires } = drawn(id)
  const at = new Map(boxes.map((box) => [box.id, box]))
  for (const { wire } of wires) {
    const [from, to] = [at.get(wire.source), at.get(wire.target)]
    const isRight = from && to && from.x + from.width <= to.x
    const isBelow = from && to && to.y - from.y >= 100
    expect([wire.id, isRight || isBelow]).toEqual([wire.id, true])
  }
})

test.each(all)('%s: few wires cross each other', (id) => {
  const { wires } = drawn(id)
  let count = 0
  for (const [i, a] of wires.entries())
    for (const b of wires.slice(i + 1)) {
      const fork = a.wire.source === b.wire.source && a.wire.sourceHandle === b.wire.sourceHandle
      const meet = a.wire.target === b.wire.target && a.wire.targetHandle === b.wire.targetHandle
      if (!fork && !meet && stretches(a.line).some(([p, q]) => stretches(b.line).some(([r, s]) => crosses(p, q, r, s)))) count++
    }
  expect(count).toBeLessThanOrEqual(wires.length * 0.6)
})
