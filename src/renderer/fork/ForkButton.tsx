import { GitFork } from 'lucide-react'
import type { GraphNode } from '../../shared/graph/document'
import { forkOf, forksOf, variantLabel } from '../../shared/graph/edit'
import { titleIn } from '../../shared/names'
import type { NodeSpec } from '../../shared/node-spec'
import { Tip } from '../parts/parts'
import { shownGraph } from '../state/document'
import { useApp, useDocument, useSession, useSpecOf } from '../state/hooks'
import { beginFork } from './forking'
import './fork.css'
import { openPanel } from '../state/panels'

/** Beside a param's name: try several values of it. */
export function ForkButton({ id, node, spec, name }: { id: string; node: GraphNode; spec: NodeSpec; name: string }) {
  const app = useApp()
  const session = useSession()
  const isForked = useDocument((state) => forkOf(shownGraph(state), id, name) !== undefined)
  const readOnly = useDocument((state) => state.readOnly)
  if (spec.params[name]?.kind === 'resource' || spec.params[name]?.kind === 'json') return null
  const act = () => (isForked ? openPanel(app.view, 'dock', 'variants') : beginFork(app, session, id, node, spec, name))
  return (
    <Tip text={isForked ? 'Show its variants' : 'Fork into A/B/C: try several values side by side'}>
      <button
        type="button"
        className="btn quiet icon small"
        aria-label={`Fork ${titleIn(spec, 'inputs', name)} into variants`}
        aria-pressed={isForked}
        disabled={readOnly}
        onClick={act}
      >
        <GitFork />
      </button>
    </Tip>
  )
}

/** On the card: which params are forked. */
export function ForkChips({ id }: { id: string }) {
  const app = useApp()
  const spec = useSpecOf(id)
  const told = useDocument((state) =>
    forksOf(shownGraph(state))
      .filter(({ node }) => node === id)
      .map(({ param, values }) => `${values.map((_, i) => variantLabel(i)).join('|')} ${titleIn(spec, 'inputs', param)}`)
      .join('\n'),
  )
  if (told === '') return null
  return (
    <div className="fork-chips">
      {told.split('\n').map((text) => (
        <button key={text} type="button" className="chip fork-chip nodrag" onClick={() => openPanel(app.view, 'dock', 'variants')}>
          <GitFork aria-hidden /> {text}
        </button>
      ))}
    </div>
  )
}
