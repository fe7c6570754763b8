import { AlertTriangle, CircleDotDashed, Search } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useStore } from 'zustand'
import { type Issue, isIncomplete } from '../../shared/graph/issue'
import { familyOf } from '../canvas/family'
import { FamilyGlyph } from '../parts/FamilyGlyph'
import { Empty } from '../parts/parts'
import { shownScope } from '../state/document'
import { selectOnly } from '../state/flow'
import { useApp, useCatalog, useDocument, useFlow, useRun, useRunPrefix, useSession, useShown } from '../state/hooks'
import { problemKey } from '../state/problems'
import { statusOf } from '../state/run'
import { search } from './search'

const filters = ['is:invalid', 'is:incomplete', 'is:stale', 'is:failed']

/** Everything in this graph, found by title, type, id or param; `is:invalid`, `is:incomplete`, `is:stale`, `is:failed` and `uses:model-name` narrow it down. */
export function Outline() {
  const app = useApp()
  const session = useSession()
  const document = useShown((graph) => graph)
  const scope = useDocument(shownScope)
  const specs = useCatalog((catalog) => catalog.specs)
  const problems = useStore(session.problems, ({ byNode }) => byNode)
  const selected = useFlow((flow) => flow.selectedNodes)
  const run = useRun((view) => view)
  const prefix = useRunPrefix()
  const [query, setQuery] = useState('')
  const entries = useMemo(() => {
    const asked = query.match(/\b(?:is|uses):\S+/g) ?? []
    const words = query.replace(/\b(?:is|uses):\S*/g, '').trim()
    const all = Object.entries(document.nodes).map(([id, node]) => ({
      id,
      node,
      spec: specs.get(node.type),
      title: node.title || specs.get(node.type)?.title || node.type,
    }))
    const passes = (id: string, params: Record<string, unknown>) =>
      asked.every((filter) => {
        const problem = problems.get(problemKey(scope, id))
        if (filter === 'is:invalid') return problem !== undefined
        if (filter === 'is:incomplete') return problem !== undefined && isIncomplete(problem)
        if (filter.startsWith('is:')) return statusOf(run, prefix + id) === filter.slice(3)
        return Object.values(params).some(
          (value) =>
            typeof value === 'string' &&
            value.startsWith('model:') &&
            (value + JSON.stringify(document.models[value.slice(6)] ?? '')).toLowerCase().includes(filter.slice(5).toLowerCase()),
        )
      })
    const kept = all.filter(({ id, node }) => passes(id, node.params))
    return search(kept, words, ({ id, node, title }) => ({ title, words: [id, node.type], summary: JSON.stringify(node.params) }))
  }, [query, document, scope, specs, problems, run, prefix])
  const go = (id: string) => {
    selectOnly(session.flow, [id])
    app.canvas?.fit([id])
  }
  return (
    <section className="side" aria-label="In this graph" data-testid="outline">
      <div className="side-search">
        <Search aria-hidden />
        <input
          className="field"
          aria-label="Find in this graph"
          placeholder="Find in this graph…"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </div>
      <fieldset className="filters" aria-label="Filters">
        {filters.map((filter) => {
          const isOn = query.split(' ').includes(filter)
          return (
            <button
              key={filter}
              type="button"
              className={isOn ? 'chip is-on' : 'chip'}
              aria-pressed={isOn}
              onClick={() => setQuery(isOn ? query.replace(filter, '').trim() : `${filter} ${query}`.trim())}
            >
              {filter}
            </button>
          )
        })}
      </fieldset>
      <div className="side-scroll">
        {entries.map(({ id, node, spec, title }) => (
          <button
            key={id}
            type="button"
            className={selected.includes(id) ? 'entry is-selected' : 'entry'}
            data-family={familyOf(spec)}
            onClick={() => go(id)}
          >
            <span className="entry-glyph">{spec ? <FamilyGlyph spec={spec} /> : null}</span>
            <span className="entry-title" title={title}>
              {title}
            </span>
            <ProblemSign problem={problems.get(problemKey(scope, id))} />
            <small className="entry-more" title={node.title ? spec?.title : id}>
              {node.title ? spec?.title : id}
            </small>
          </button>
        ))}
        {entries.length === 0 ? <Empty icon={<Search />}>{query ? 'Nothing found.' : 'Nothing here yet.'}</Empty> : null}
      </div>
    </section>
  )
}

/** What keeps a node from running: a sign with a name, so that it is not told by colour alone. */
function ProblemSign({ problem }: { problem: Issue | undefined }) {
  if (!problem) return null
  const open = isIncomplete(problem)
  const says = `${open ? 'incomplete' : 'problem'}: ${problem.message}`
  return (
    <span className={open || problem.severity !== 'error' ? 'entry-sign warn' : 'entry-sign bad'} role="img" aria-label={says} title={says}>
      {open ? <CircleDotDashed /> : <AlertTriangle />}
    </span>
  )
}
