import { ArrowUpCircle, LogIn, LogOut, Package, PackageOpen, Repeat, Repeat1, Upload } from 'lucide-react'
import { makeSubgraph, unpackSubgraph } from '../../shared/graph/edit'
import { kindAt } from '../canvas/connecting'
import type { App } from '../state/app'
import { shownPath } from '../state/document'
import { selectOnly } from '../state/flow'
import { newerThan } from '../state/library'
import { goInto, goOut } from '../state/places'
import { editWhole, shownIn } from '../state/session'
import { defineCommand } from './command'
import { canEdit, hasGraph, hasSelection, selectedNodes, sessionOf } from './helpers'

/** The inner graph of the one selected container. */
function innerOf(app: App): string | undefined {
  if (!hasGraph(app)) return undefined
  const [only, ...more] = selectedNodes(app)
  const { nodes, subgraphs } = shownIn(sessionOf(app))
  const subgraph = only !== undefined && more.length === 0 ? nodes[only]?.subgraph : undefined
  return subgraph !== undefined && Object.hasOwn(subgraphs, subgraph) ? subgraph : undefined
}

const titleOf = (app: App) => shownIn(sessionOf(app)).nodes[selectedNodes(app)[0] ?? '']?.title ?? ''

const isInside = (app: App) => hasGraph(app) && shownPath(sessionOf(app).document.getState()).length > 0

/** What is selected goes inside a new container, which stands in its place and is named next. */
function fold(app: App, type: string, name: string): void {
  const session = sessionOf(app)
  const { specs } = app.catalog.getState()
  const view = shownIn(session)
  let made = ''
  editWhole(session, `Make a ${name.toLowerCase()}`, (document, scope) => {
    const result = makeSubgraph(document, {
      scope,
      nodes: selectedNodes(app),
      name,
      type,
      v: specs.get(type)?.version ?? 1,
      kindOf: (from) => kindAt(view, specs, from, 'from') ?? 'any',
    })
    made = result.node
    return result
  })
  selectOnly(session.flow, [made])
  app.view.setState({ renaming: made })
}

export default [
  defineCommand({
    id: 'make-subgraph',
    title: 'Make a subgraph of the selection',
    group: 'Node',
    icon: Package,
    keys: ['Mod+Shift+E'],
    menus: ['node'],
    synonyms: ['group', 'component', 'extract', 'encapsulate', 'function'],
    isEnabled: hasSelection,
    run: (app) => fold(app, 'subgraph', 'Subgraph'),
  }),
  defineCommand({
    id: 'make-map',
    title: 'Run the selection for each item of a list (Map)',
    group: 'Node',
    icon: Repeat,
    synonyms: ['for each', 'iterate', 'batch'],
    isEnabled: hasSelection,
    run: (app) => fold(app, 'map', 'Map'),
  }),
  defineCommand({
    id: 'make-loop',
    title: 'Run the selection again and again (Loop)',
    group: 'Node',
    icon: Repeat1,
    synonyms: ['repeat', 'until', 'while'],
    isEnabled: hasSelection,
    run: (app) => fold(app, 'loop', 'Loop'),
  }),
  defineCommand({
    id: 'unpack',
    title: 'Unpack the subgraph',
    group: 'Node',
    icon: PackageOpen,
    keys: ['Alt+Shift+E'],
    menus: ['node'],
    synonyms: ['ungroup', 'expand', 'inline'],
    isEnabled: (app) => canEdit(app) && innerOf(app) !== undefined,
    run: (app) => {
      const session = sessionOf(app)
      const [node = ''] = selectedNodes(app)
      let ids: readonly string[] = []
      editWhole(session, 'Unpack', (document, scope) => {
        const result = unpackSubgraph(document, { scope, node })
        ids = [...result.ids.values()]
        return result
      })
      selectOnly(session.flow, ids)
    },
  }),
  defineCommand({
    id: 'enter',
    title: 'Go inside',
    group: 'View',
    icon: LogIn,
    keys: ['Alt+ArrowDown'],
    menus: ['node'],
    synonyms: ['subgraph', 'open', 'enter'],
    isEnabled: (app) => innerOf(app) !== undefined,
    run: (app) => void goInto(app, sessionOf(app), selectedNodes(app)[0] ?? ''),
  }),
  defineCommand({
    id: 'leave',
    title: 'Go out',
    group: 'View',
    icon: LogOut,
    keys: ['Alt+ArrowUp'],
    menus: ['canvas'],
    synonyms: ['subgraph', 'leave', 'parent'],
    isEnabled: isInside,
    run: (app) => void goOut(app, sessionOf(app)),
  }),
  defineCommand({
    id: 'publish-subgraph',
    title: 'Publish the subgraph to the library…',
    group: 'Node',
    icon: Upload,
    synonyms: ['share', 'reuse', 'library'],
    isEnabled: (app) => canEdit(app) && innerOf(app) !== undefined,
    run: (app) => app.view.setState({ overlay: { type: 'publish', subgraph: innerOf(app) ?? '', name: titleOf(app) } }),
  }),
  defineCommand({
    id: 'update-subgraph',
    title: 'Update the subgraph from the library…',
    group: 'Node',
    icon: ArrowUpCircle,
    synonyms: ['upgrade', 'newer version'],
    isEnabled: (app) => {
      const inner = innerOf(app)
      if (inner === undefined || !canEdit(app)) return false
      return newerThan(app.catalog.getState().library, shownIn(sessionOf(app)).subgraphs[inner]?.origin) !== undefined
    },
    run: (app) => app.view.setState({ overlay: { type: 'update', subgraph: innerOf(app) ?? '' } }),
  }),
]
