import { ArrowUpCircle, LogIn } from 'lucide-react'
import { memo, useMemo } from 'react'
import { useStore } from 'zustand'
import type { GraphNode } from '../../shared/graph/document'
import { focusOn } from '../../shared/graph/focus'
import type { NodeSpec } from '../../shared/node-spec'
import { MiniGraph } from '../panels/MiniGraph'
import { FamilyGlyph } from '../parts/FamilyGlyph'
import { selectOnly } from '../state/flow'
import { useApp, useCatalog, useDocument, useRun, useRunPrefix, useSession } from '../state/hooks'
import { innerPrefix } from '../state/items'
import { newerThan } from '../state/library'
import { goInto } from '../state/places'
import { nodeRun, statusOf } from '../state/run'
import { previewText } from '../viewers/preview'
import { nameOf } from './card-looks'
import { familyOf } from './family'
import { ItemPicker } from './ItemPicker'
import { innerBox, innerLayout, mostBoxes } from './inner-layout'

export const itemWord = (spec: NodeSpec | undefined): string => (spec?.container === 'loop' ? 'turn' : 'item')

/** What runs inside a Map, Loop or Subgraph, on its card: the inner nodes, live, of the chosen item. A click goes inside. */
export const ContainerBody = memo(function ContainerBody({ id, node, spec }: { id: string; node: GraphNode; spec: NodeSpec }) {
  const app = useApp()
  const session = useSession()
  const prefix = useRunPrefix()
  const specs = useCatalog((catalog) => catalog.specs)
  const library = useCatalog((catalog) => catalog.library)
  const inner = useDocument((state) => (node.subgraph === undefined ? undefined : state.document.subgraphs[node.subgraph]))
  const subgraphs = useDocument((state) => state.document.subgraphs)
  const graph = useMemo(
    () =>
      inner && node.subgraph !== undefined ? focusOn({ ...session.document.getState().document, subgraphs }, node.subgraph) : undefined,
    [inner, subgraphs, node.subgraph, session],
  )
  const layout = useMemo(() => (graph ? innerLayout(graph, specs) : undefined), [graph, specs])
  if (!graph || !layout || !inner) return <p className="ghost-note">It has no graph inside it yet.</p>
  const go = (select?: string) => {
    goInto(app, session, id)
    if (select !== undefined) selectOnly(session.flow, [select])
  }
  const newer = newerThan(library, inner.origin)
  return (
    <div className="container-body" data-testid={`inside-${id}`}>
      <ItemPicker container={prefix + id} word={itemWord(spec)} />
      {layout.boxes.length === 0 ? <p className="ghost-note">Empty: double-click to build what runs inside.</p> : null}
      {layout.boxes.length > mostBoxes ? <MiniGraph document={graph} specs={specs} /> : null}
      {layout.boxes.length > 0 && layout.boxes.length <= mostBoxes ? (
        <div className="inner-graph" style={{ width: layout.width, height: layout.height }}>
          <svg width={layout.width} height={layout.height} aria-hidden>
            {layout.wires.map((wire) => (
              <path key={wire.key} className="inner-wire" data-family={wire.family} d={wire.path} />
            ))}
          </svg>
          {layout.boxes.map(({ id: innerId, x, y }) => (
            <InnerBox key={innerId} container={id} id={innerId} node={graph.nodes[innerId]} x={x} y={y} onOpen={() => go(innerId)} />
          ))}
        </div>
      ) : null}
      <div className="container-foot">
        <button type="button" className="btn quiet small nodrag" onClick={() => go()}>
          <LogIn /> Go inside
        </button>
        {inner.origin ? <span className="chip" title={`from the library: ${inner.origin.name}`}>{`v${inner.origin.version}`}</span> : null}
        {newer && node.subgraph !== undefined ? (
          <button
            type="button"
            className="btn small nodrag"
            data-testid={`update-${id}`}
            onClick={() => app.view.setState({ overlay: { type: 'update', subgraph: node.subgraph ?? '' } })}
          >
            <ArrowUpCircle /> {`Update to v${newer.version}`}
          </button>
        ) : null}
      </div>
    </div>
  )
})

interface InnerBoxProps {
  readonly container: string
  readonly id: string
  readonly node: GraphNode | undefined
  readonly x: number
  readonly y: number
  onOpen(): void
}

function InnerBox({ container, id, node, x, y, onOpen }: InnerBoxProps) {
  const session = useSession()
  const outer = useRunPrefix()
  const items = useStore(session.items)
  const spec = useCatalog((catalog) => (node ? catalog.specs.get(node.type) : undefined))
  const run = useRun((view) => nodeRun(view, innerPrefix(items, view.state.nodes, outer + container) + id))
  const status = useRun((view) => statusOf(view, innerPrefix(items, view.state.nodes, outer + container) + id))
  if (!node) return null
  const text = run ? (run.phase === 'running' ? run.text.slice(-80) : previewText(run.outputs).slice(0, 80)) : ''
  const line = run?.phase === 'failed' ? (run.error?.message ?? 'failed') : text
  const name = nameOf(id, node, spec)
  return (
    <button
      type="button"
      className={`inner-box nodrag is-${status}${node.muted ? ' is-muted' : ''}`}
      data-family={familyOf(spec)}
      data-testid={`inner-${container}/${id}`}
      style={{ left: x, top: y, width: innerBox.width, height: innerBox.height }}
      aria-label={`${name}, inside, ${status}`}
      title={`${name} · ${status}`}
      onClick={onOpen}
    >
      <span className="inner-title">
        {spec ? <FamilyGlyph spec={spec} /> : null}
        <span>{name}</span>
      </span>
      <span className="inner-line">{line || (status === 'idle' ? '' : status)}</span>
    </button>
  )
}
