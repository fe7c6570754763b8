import { ArrowUpCircle, Library } from 'lucide-react'
import { useEffect, useState } from 'react'
import { edited } from '../../shared/graph/diff'
import { asSentence } from '../parts/format'
import { Dialog, ProgressBar } from '../parts/parts'
import { useApp, useCatalog, useDocument } from '../state/hooks'
import { entryOf, planUpdate, publish } from '../state/library'
import { editWhole, type Session } from '../state/session'
import { toast, toastError } from '../state/view'

interface SheetProps {
  readonly session: Session
  readonly subgraph: string
  onClose(): void
}

/** Puts a subgraph into the library: as a new version of what it came from, or as an entry of its own. */
export function PublishSheet({ session, subgraph, title, onClose }: SheetProps & { readonly title: string }) {
  const app = useApp()
  const inner = useDocument((state) => state.document.subgraphs[subgraph])
  const entry = useCatalog((catalog) => entryOf(catalog.library, inner?.origin))
  const [name, setName] = useState(inner?.origin?.name ?? (title || inner?.name) ?? '')
  const [asNew, setAsNew] = useState(false)
  const next = entry && !asNew ? entry : undefined
  const send = () => {
    onClose()
    publish(app, session, subgraph, name.trim(), next?.graph).then(
      (done) => toast(app.view, 'good', `“${done.name}” is in the library, version ${done.version}.`),
      (error) => toastError(app.view, error),
    )
  }
  return (
    <Dialog
      title="Publish to the library"
      onClose={onClose}
      foot={
        <button type="button" className="btn primary" disabled={name.trim() === ''} onClick={send}>
          <Library /> {next ? `Publish version ${next.version + 1}` : 'Publish'}
        </button>
      }
    >
      <div className="param" data-testid="publish-sheet">
        <span className="param-name">Name</span>
        <input className="field" aria-label="Name in the library" value={name} onChange={(event) => setName(event.target.value)} />
      </div>
      {entry ? (
        <label className="check-row">
          <input type="checkbox" checked={asNew} onChange={(event) => setAsNew(event.target.checked)} /> As an entry of its own
        </label>
      ) : null}
      <p className="param-summary">
        Other graphs get it from the palette. Each has a copy that is pinned to a version, and shows when there is a newer one.
      </p>
    </Dialog>
  )
}

/** What the newest version would change in this graph, line by line, before anything is done. */
export function UpdateSheet({ session, subgraph, onClose }: SheetProps) {
  const app = useApp()
  const [plan, setPlan] = useState<Awaited<ReturnType<typeof planUpdate>>>()
  const [problem, setProblem] = useState<string>()
  const pinned = useDocument((state) => state.document.subgraphs[subgraph]?.origin?.version)
  useEffect(() => {
    planUpdate(app, session, subgraph).then(setPlan, (error: Error) => setProblem(error.message))
  }, [app, session, subgraph])
  const take = () => {
    onClose()
    if (plan) editWhole(session, `Update “${plan.entry.name}”`, (before) => edited(before, plan.document))
  }
  return (
    <Dialog
      title={plan ? `Update “${plan.entry.name}”: ${pinned} → ${plan.entry.version}` : 'Update'}
      onClose={onClose}
      foot={
        <button type="button" className="btn primary" disabled={!plan} onClick={take}>
          <ArrowUpCircle /> {plan ? `Update to version ${plan.entry.version}` : 'Update'}
        </button>
      }
    >
      {problem ? <p className="error-box">{problem}</p> : null}
      {!plan && !problem ? <ProgressBar label="Comparing" /> : null}
      {plan ? (
        <div data-testid="update-sheet">
          {plan.changes.length === 0 ? <p className="faint">Nothing that it computes differs; only its layout or names.</p> : null}
          <ul className="change-list">
            {plan.changes.map((change) => (
              <li key={`${change.scope ?? ''} ${change.sentence}`} className={`change ${change.kind}`}>
                <span className="change-sign">{{ added: '+', removed: '−', changed: '~' }[change.kind]}</span>
                <span>{asSentence(change.sentence)}</span>
              </li>
            ))}
          </ul>
          {plan.conflicts.length > 0 ? (
            <p className="warn-box">{`${plan.conflicts.length} changes made here stay as they are, although the new version has others.`}</p>
          ) : null}
        </div>
      ) : null}
    </Dialog>
  )
}
