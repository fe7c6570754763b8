import { AlignHorizontalDistributeCenter, Network } from 'lucide-react'
import { type Alignment, alignNodes, applyLayout, distributeNodes, moveNodes } from '../../shared/graph/edit'
import { layOut } from '../canvas/auto-layout'
import { cardWidth, narrowest, widest } from '../canvas/card-sizes'
import { sizeOf } from '../canvas/flow-mapping'
import { gridStep, toGrid } from '../canvas/moving'
import type { App } from '../state/app'
import { editSizes } from '../state/editing'
import { edit, shownIn } from '../state/session'
import { defineCommand } from './command'
import { canEdit, itemsWithin, sessionOf } from './helpers'

/** What may be moved: pinned nodes stay. */
const arrangeable = (app: App) => {
  const { ui } = shownIn(sessionOf(app))
  return itemsWithin(app).filter((id) => !id.includes(':') && ui.nodes[id]?.pinned !== true)
}
const everythingFree = (app: App) => {
  const { ui } = shownIn(sessionOf(app))
  return sessionOf(app)
    .flow.getState()
    .nodes.map(({ id }) => id)
    .filter((id) => ui.nodes[id]?.pinned !== true)
}
const several = (app: App) => canEdit(app) && arrangeable(app).length > 1
const some = (app: App) => canEdit(app) && arrangeable(app).length > 0

const sizesOf = (app: App) =>
  Object.fromEntries(
    sessionOf(app)
      .flow.getState()
      .nodes.map((node) => [node.id, sizeOf(node)]),
  )

const align = (key: string, to: Alignment, title: string) =>
  defineCommand({
    id: `align-${to}`,
    title,
    group: 'Arrange',
    keys: [`Alt+A ${key}`],
    isEnabled: several,
    run: (app) =>
      void edit(sessionOf(app), title, (document) => alignNodes(document, { nodes: arrangeable(app), to, sizes: sizesOf(app) })),
  })

const distribute = (key: string, along: 'x' | 'y', title: string) =>
  defineCommand({
    id: `distribute-${along}`,
    title,
    group: 'Arrange',
    icon: AlignHorizontalDistributeCenter,
    keys: [`Alt+A ${key}`],
    isEnabled: several,
    run: (app) =>
      void edit(sessionOf(app), title, (document) => distributeNodes(document, { nodes: arrangeable(app), along, sizes: sizesOf(app) })),
  })

const nudge = (key: string, dx: number, dy: number, step: number, name: string) =>
  defineCommand({
    id: `nudge-${name}-${step}`,
    title: `Move ${step === 1 ? 'a pixel' : 'a grid step'} ${name}`,
    group: 'Arrange',
    keys: [step === 1 ? `Mod+${key}` : `Mod+Shift+${key}`],
    isEnabled: some,
    run: (app) => {
      const session = sessionOf(app)
      const places = session.flow.getState().nodes.filter((node) => arrangeable(app).includes(node.id))
      const positions = Object.fromEntries(
        places.map((node) => [node.id, { x: node.position.x + dx * step, y: node.position.y + dy * step }]),
      )
      edit(session, 'Nudge', (document) => moveNodes(document, { positions }), 'nudge')
    },
  })

/** A card's width, by keys; notes have grips of their own. */
const resize = (key: string, name: string, title: string, widthFrom: (width: number) => number | undefined) =>
  defineCommand({
    id: `resize-${name}`,
    title,
    group: 'Arrange',
    keys: [`Alt+A ${key}`],
    isEnabled: some,
    run: (app) => {
      const session = sessionOf(app)
      const sizes = sizesOf(app)
      const next = arrangeable(app).map((id) => {
        const width = widthFrom(sizes[id]?.width ?? cardWidth)
        return [id, width === undefined ? {} : { width: Math.min(widest, Math.max(narrowest, width)) }] as const
      })
      editSizes(session, Object.fromEntries(next))
    },
  })

const arrows = [
  ['ArrowLeft', -1, 0, 'left'],
  ['ArrowRight', 1, 0, 'right'],
  ['ArrowUp', 0, -1, 'up'],
  ['ArrowDown', 0, 1, 'down'],
] as const

export default [
  defineCommand({
    id: 'layout',
    title: 'Lay out the selection, or everything',
    group: 'Arrange',
    icon: Network,
    keys: ['Mod+Shift+L'],
    menus: ['canvas'],
    synonyms: ['arrange', 'tidy', 'auto-layout'],
    isEnabled: canEdit,
    run: async (app) => {
      const session = sessionOf(app)
      const chosen = arrangeable(app)
      const free = everythingFree(app)
      const positions = await layOut(session.flow.getState(), chosen.length > 1 ? chosen : free)
      edit(session, 'Lay out', (document) => applyLayout(document, { positions }))
      requestAnimationFrame(() => app.canvas?.fit(chosen.length > 1 ? chosen : undefined))
    },
  }),
  align('L', 'left', 'Align left edges'),
  align('R', 'right', 'Align right edges'),
  align('T', 'top', 'Align top edges'),
  align('B', 'bottom', 'Align bottom edges'),
  align('M', 'middle', 'Align middles'),
  align('C', 'center', 'Align centres'),
  defineCommand({
    id: 'align-grid',
    title: 'Put on the grid',
    group: 'Arrange',
    keys: ['Alt+A G'],
    isEnabled: some,
    run: (app) => {
      const session = sessionOf(app)
      const moving = arrangeable(app)
      const places = session.flow.getState().nodes.filter(({ id }) => moving.includes(id))
      const positions = Object.fromEntries(places.map(({ id, position }) => [id, { x: toGrid(position.x), y: toGrid(position.y) }]))
      edit(session, 'Put on the grid', (document) => moveNodes(document, { positions }))
    },
  }),
  distribute('H', 'x', 'Distribute in a row'),
  distribute('V', 'y', 'Distribute in a column'),
  resize('W', 'wider', 'Make wider', (width) => width + 2 * gridStep),
  resize('N', 'narrower', 'Make narrower', (width) => width - 2 * gridStep),
  resize('O', 'own', 'Give the size of its own', () => undefined),
  ...arrows.flatMap(([key, dx, dy, name]) => [nudge(key, dx, dy, 1, name), nudge(key, dx, dy, gridStep, name)]),
]
