import { ArrowLeft, History } from 'lucide-react'
import { formatAgo } from '../parts/format'
import { adopt } from '../state/app'
import { useApp, useRun, useSession } from '../state/hooks'
import { leavePast } from '../state/running'
import { toastError } from '../state/view'

/** Shown over a run of the past: it cannot be edited, and there is a way back. */
export function PastBanner() {
  const app = useApp()
  const session = useSession()
  const card = useRun((run) => run.asOf)
  if (!card) return null
  const copyOut = () => {
    const { document } = session.document.getState()
    app.client
      .call('graphs.import', {
        text: JSON.stringify({ ...document, name: `${document.name || 'Untitled'} (as of ${new Date(card.startedAt).toLocaleString()})` }),
      })
      .then((opened) => adopt(app, opened))
      .catch((error) => toastError(app.view, error))
  }
  return (
    <div className="past-banner" role="status" data-testid="past-banner">
      <History aria-hidden />
      <span>
        You look at a run as it was, <b>{formatAgo(card.startedAt, Date.now())}</b>. It cannot be edited.
      </span>
      <button type="button" className="btn small" onClick={copyOut}>
        Open this graph as a copy
      </button>
      <button type="button" className="btn small primary" data-testid="leave-past" onClick={() => void leavePast(app, session)}>
        <ArrowLeft /> Back to now
      </button>
    </div>
  )
}
