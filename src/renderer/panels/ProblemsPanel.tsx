import { AlertTriangle, CheckCircle2, CircleDotDashed, Info, Wrench } from 'lucide-react'
import { isIncomplete } from '../../shared/graph/issue'
import type { Issue } from '../../shared/graph/validate'
import { asSentence } from '../parts/format'
import { Empty } from '../parts/parts'
import { useApp, useDocument, useSession } from '../state/hooks'
import { showNode } from '../state/places'
import { fixFor } from './fixes'
import { useAllProblems } from './problems'

/** Every problem, live, with its place and, where there is one, its fix. A graph with problems still opens, saves, and runs its sound parts. */
export function ProblemsPanel() {
  const found = useAllProblems()
  const loaded = useDocument((state) => state.loadIssues)
  const all = [...found, ...loaded]
  if (all.length === 0) return <Empty icon={<CheckCircle2 />}>No problems.</Empty>
  return (
    <ul className="problems" data-testid="problems">
      {all.map((issue) => (
        <Problem key={`${issue.code} ${issue.message}`} issue={issue} />
      ))}
    </ul>
  )
}

function Problem({ issue }: { issue: Issue }) {
  const app = useApp()
  const session = useSession()
  const fix = fixFor(app, session, issue)
  const kind = isIncomplete(issue) ? 'incomplete' : issue.severity
  const go = () => {
    if (issue.node !== undefined) showNode(app, session, issue.scope, issue.node)
  }
  return (
    <li className={`problem ${kind}`} data-code={issue.code} data-kind={kind}>
      {kind === 'info' ? (
        <Info aria-label="remark" />
      ) : kind === 'incomplete' ? (
        <CircleDotDashed aria-label="incomplete" />
      ) : (
        <AlertTriangle aria-label={kind} />
      )}
      <button type="button" className="problem-text" onClick={go} disabled={issue.node === undefined}>
        <span>{asSentence(issue.message)}</span>
        <small className="faint mono">
          {issue.code}
          {issue.node ? ` · ${issue.node}` : ''}
        </small>
      </button>
      {fix ? (
        <button type="button" className="btn small" onClick={fix.run}>
          <Wrench /> {fix.label}
        </button>
      ) : null}
    </li>
  )
}
