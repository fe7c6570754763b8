import { ArrowLeft, GitCompareArrows, History, Repeat, RotateCcw } from 'lucide-react'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import type { GraphVersion, RunCard } from '../../shared/api'
import type { DiffOverlay } from '../../shared/graph/diff-overlay'
import { formatAgo } from '../parts/format'
import { adopt } from '../state/app'
import { currentDocument } from '../state/document'
import { useApp, useRun, useSession } from '../state/hooks'
import type { ShownDiff } from '../state/past'
import { leavePast } from '../state/running'
import { toastError } from '../state/view'
import { copyVersion, nameSide, restoreVersion, showDiff, showDocumentsDiff } from '../versions/looking'
import { markSigns, markWords } from '../versions/marks'
import { rerun } from './run-actions'

/** Shown over a run, a version or a comparison of the past: it cannot be edited, and there is a way back. */
export function PastBanner() {
  const session = useSession()
  const card = useRun((run) => run.asOf)
  const { version, diff } = useStore(session.past)
  if (diff) return <DiffBanner diff={diff} />
  if (version) return <VersionBanner version={version} />
  return card ? <RunBanner card={card} /> : null
}

function Banner({ children, actions }: { children: ReactNode; actions?: ReactNode }) {
  const app = useApp()
  const session = useSession()
  return (
    <div className="past-banner" role="status" data-testid="past-banner">
      <History aria-hidden />
      <span>{children}</span>
      {actions}
      <button type="button" className="btn small primary" data-testid="leave-past" onClick={() => void leavePast(app, session)}>
        <ArrowLeft /> Back to now
      </button>
    </div>
  )
}

function RunBanner({ card }: { card: RunCard }) {
  const app = useApp()
  const session = useSession()
  const whatChanged = () =>
    showDocumentsDiff(
      app,
      session,
      { name: 'that run', document: session.document.getState().document },
      { name: 'now', document: currentDocument(session.document) },
    )
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
    <Banner
      actions={
        <>
          <button type="button" className="btn small" onClick={whatChanged}>
            <GitCompareArrows /> What changed since
          </button>
          <button type="button" className="btn small" onClick={() => void rerun(app, card, { document: 'then', fresh: true })}>
            <Repeat /> Run again exactly
          </button>
          <button type="button" className="btn small" onClick={copyOut}>
            Open as a copy
          </button>
        </>
      }
    >
      You look at a run as it was, <b>{formatAgo(card.startedAt, Date.now())}</b>. It cannot be edited.
    </Banner>
  )
}

function VersionBanner({ version }: { version: GraphVersion }) {
  const app = useApp()
  const session = useSession()
  return (
    <Banner
      actions={
        <>
          <button type="button" className="btn small" onClick={() => void showDiff(app, session, version, undefined)}>
            <GitCompareArrows /> What changed since
          </button>
          <button type="button" className="btn small" onClick={() => void copyVersion(app, session, version)}>
            Open as a copy
          </button>
          <button type="button" className="btn small" onClick={() => void restoreVersion(app, session, version)}>
            <RotateCcw /> Go back to it
          </button>
        </>
      }
    >
      You look at version <b>{nameSide(version)}</b>, {formatAgo(version.at, Date.now())}. It cannot be edited.
    </Banner>
  )
}

function DiffBanner({ diff }: { diff: ShownDiff }) {
  return (
    <Banner actions={<Counts overlay={diff.overlay} />}>
      Changes from <b>{diff.from}</b> to <b>{diff.to}</b>, drawn as one.
    </Banner>
  )
}

function Counts({ overlay }: { overlay: DiffOverlay }) {
  const kinds = (['added', 'removed', 'changed'] as const).map(
    (kind) => [kind, overlay.changes.filter((change) => change.kind === kind).length] as const,
  )
  return (
    <span className="diff-counts">
      {kinds.map(([kind, count]) => (
        <span key={kind}>
          <i className={`mark ${kind}`} aria-hidden>
            {markSigns[kind]}
          </i>
          {`${count} ${markWords[kind]}`}
        </span>
      ))}
    </span>
  )
}
