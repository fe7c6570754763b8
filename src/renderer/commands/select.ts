import { reach, topologyOf } from '../../shared/graph/topology'
import { drawnOf } from '../canvas/flow-mapping'
import { neighbour } from '../canvas/walk'
import type { App } from '../state/app'
import { selectOnly } from '../state/flow'
import { goOut } from '../state/places'
import { shownIn } from '../state/session'
import { defineCommand } from './command'
import { hasGraph, selectedNodes, sessionOf } from './helpers'

const withSelection = (app: App) => hasGraph(app) && selectedNodes(app).length > 0

function selectAlong(app: App, along: 'readers' | 'sources'): void {
  const session = sessionOf(app)
  selectOnly(session.flow, [...reach(selectedNodes(app), topologyOf(shownIn(session))[along])])
}

function walk(app: App, direction: 'left' | 'right' | 'up' | 'down'): void {
  const session = sessionOf(app)
  const next = neighbour(session.flow.getState(), direction)
  if (next === undefined) return
  selectOnly(session.flow, [next])
  app.canvas?.focus(next)
}

export default [
  defineCommand({
    id: 'select-all',
    title: 'Select all, or none',
    group: 'Select',
    keys: ['Mod+A'],
    isEnabled: hasGraph,
    run: (app) => {
      const { flow } = sessionOf(app)
      const { nodes: all, selectedNodes: chosen } = flow.getState()
      const nodes = drawnOf(all)
      selectOnly(flow, chosen.length === nodes.length ? [] : nodes.map((node) => node.id))
    },
  }),
  defineCommand({
    id: 'select-none',
    title: 'Select nothing, then go out',
    group: 'Select',
    keys: ['Escape'],
    isEnabled: hasGraph,
    run: (app) => {
      const session = sessionOf(app)
      const { selectedNodes: nodes, selectedWires: wires } = session.flow.getState()
      if (nodes.length + wires.length === 0) goOut(app, session)
      else selectOnly(session.flow, [])
    },
  }),
  defineCommand({
    id: 'select-upstream',
    title: 'Select all that feeds this',
    group: 'Select',
    keys: ['Shift+ArrowLeft', 'Alt+S U'],
    menus: ['node'],
    isEnabled: withSelection,
    run: (app) => selectAlong(app, 'sources'),
  }),
  defineCommand({
    id: 'select-downstream',
    title: 'Select all that this feeds',
    group: 'Select',
    keys: ['Shift+ArrowRight', 'Alt+S D'],
    menus: ['node'],
    isEnabled: withSelection,
    run: (app) => selectAlong(app, 'readers'),
  }),
  defineCommand({
    id: 'select-connected',
    title: 'Select all that this is connected with',
    group: 'Select',
    keys: ['Alt+S C'],
    isEnabled: withSelection,
    run: (app) => {
      const session = sessionOf(app)
      const { readers, sources } = topologyOf(shownIn(session))
      const both = new Map([...readers].map(([id, next]) => [id, new Set([...next, ...(sources.get(id) ?? [])])]))
      selectOnly(session.flow, [...reach(selectedNodes(app), both)])
    },
  }),
  defineCommand({
    id: 'walk-right',
    title: 'Go along the wire to the right',
    group: 'Select',
    keys: ['ArrowRight'],
    isEnabled: hasGraph,
    run: (app) => walk(app, 'right'),
  }),
  defineCommand({
    id: 'walk-left',
    title: 'Go along the wire to the left',
    group: 'Select',
    keys: ['ArrowLeft'],
    isEnabled: hasGraph,
    run: (app) => walk(app, 'left'),
  }),
  defineCommand({
    id: 'walk-up',
    title: 'Go to the node above',
    group: 'Select',
    keys: ['ArrowUp'],
    isEnabled: hasGraph,
    run: (app) => walk(app, 'up'),
  }),
  defineCommand({
    id: 'walk-down',
    title: 'Go to the node below',
    group: 'Select',
    keys: ['ArrowDown'],
    isEnabled: hasGraph,
    run: (app) => walk(app, 'down'),
  }),
]
