import { ChevronRight, CornerLeftUp } from 'lucide-react'
import { Fragment } from 'react'
import { useStore } from 'zustand'
import { focusOn, scopeOf } from '../../shared/graph/focus'
import { shownPath } from '../state/document'
import { useApp, useCatalog, useDocument, useRun, useSession } from '../state/hooks'
import { prefixOf } from '../state/items'
import { goOut, goTo } from '../state/places'
import { itemWord } from './ContainerBody'
import { nameOf } from './card-looks'
import { ItemPicker } from './ItemPicker'

/** Where the canvas is: the graph, the containers that were entered, and of which item the values are. Absent at the top. */
export function Breadcrumb() {
  const app = useApp()
  const session = useSession()
  const path = useDocument(shownPath)
  const document = useDocument((state) => state.document)
  const specs = useCatalog((catalog) => catalog.specs)
  const items = useStore(session.items)
  const prefixes = useRun((run) => path.map((_, depth) => prefixOf(items, run.state.nodes, path.slice(0, depth))).join('\n'))
  if (path.length === 0) return null
  const outer = prefixes.split('\n')
  return (
    <nav className="breadcrumb" aria-label="Where you are" data-testid="breadcrumb">
      <button type="button" className="btn quiet icon small" aria-label="Go out" title="Go out (Esc)" onClick={() => goOut(app, session)}>
        <CornerLeftUp />
      </button>
      <button type="button" className="crumb" onClick={() => goTo(app, session, [])}>
        {document.name || 'Untitled'}
      </button>
      {path.map(({ node, subgraph }, depth) => {
        const found = focusOn(document, scopeOf(path.slice(0, depth))).nodes[node]
        const spec = found ? specs.get(found.type) : undefined
        const last = depth === path.length - 1
        return (
          <Fragment key={`${node} ${subgraph}`}>
            <ChevronRight aria-hidden />
            <button
              type="button"
              className="crumb"
              aria-current={last ? 'location' : undefined}
              onClick={() => goTo(app, session, path.slice(0, depth + 1))}
            >
              {found ? nameOf(node, found, spec) : node}
            </button>
            {spec?.container === 'subgraph' ? null : <ItemPicker container={(outer[depth] ?? '') + node} word={itemWord(spec)} />}
          </Fragment>
        )
      })}
    </nav>
  )
}
