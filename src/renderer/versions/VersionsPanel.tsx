import { Bookmark, Clock, Copy, Eye, GitCompareArrows, MoreHorizontal, RotateCcw, Save } from 'lucide-react'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { GraphVersion } from '../../shared/api'
import type { SemanticChange } from '../../shared/graph/semantic-diff'
import { runCommand } from '../commands/registry'
import { formatAgo } from '../parts/format'
import { DropMenu } from '../parts/parts'
import { selectOnly } from '../state/flow'
import { useApp, useSession } from '../state/hooks'
import { leavePast } from '../state/running'
import { copyVersion, nameSide, restoreVersion, showDiff, showVersion } from './looking'
import { markSigns, markWords } from './marks'
import { useVersions } from './use-versions'
import './versions.css'

/** Every version of this graph: what was new in it, when, and by whom; any two can be compared on the canvas. */
export function VersionsPanel() {
  const app = useApp()
  const session = useSession()
  const versions = useVersions(session.id) ?? []
  const past = useStore(session.past)
  return (
    <div className="side versions" data-testid="versions-panel">
      <Ends versions={versions} />
      {past.diff ? <ChangeList changes={past.diff.overlay.changes} /> : null}
      <ol className="side-scroll version-list" aria-label="Versions, newest first">
        <li className="version is-now">
          <button type="button" className="version-face" onClick={() => void leavePast(app, session)}>
            <b>Now</b>
            <span className="faint">every edit is saved as you make it</span>
          </button>
          <button type="button" className="btn small" data-testid="save-version" onClick={() => runCommand(app, 'save-version')}>
            <Save /> Name it
          </button>
        </li>
        {versions.map((version) => (
          <Row key={version.version} version={version} isShown={past.version?.version === version.version} />
        ))}
      </ol>
    </div>
  )
}

/** From which to which: any two versions, or one and now. */
function Ends({ versions }: { versions: readonly GraphVersion[] }) {
  const app = useApp()
  const session = useSession()
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('now')
  const chosen = (text: string) => versions.find(({ version }) => String(version) === text)
  const start = from === '' ? String(versions[0]?.version ?? '') : from
  const field = (label: string, value: string, set: (next: string) => void, withNow: boolean) => (
    <select className="field" aria-label={label} value={value} onChange={(event) => set(event.target.value)}>
      {withNow ? <option value="now">now</option> : null}
      {versions.map((version) => (
        <option key={version.version} value={version.version}>
          {nameSide(version)}
        </option>
      ))}
    </select>
  )
  return (
    <div className="version-ends">
      <span className="faint">from</span>
      {field('Changes from', start, setFrom, false)}
      <span className="faint">to</span>
      {field('Changes to', to, setTo, true)}
      <button
        type="button"
        className="btn small"
        data-testid="show-changes"
        disabled={versions.length === 0}
        onClick={() => void showDiff(app, session, chosen(start), chosen(to))}
      >
        <GitCompareArrows /> Show the changes
      </button>
    </div>
  )
}

/** The differences in words; a click goes to the place. */
function ChangeList({ changes }: { changes: readonly SemanticChange[] }) {
  const app = useApp()
  const session = useSession()
  const goTo = (change: SemanticChange) => {
    const id = change.node ?? (change.what === 'input' ? `@${change.name}` : change.what === 'output' ? `=${change.name}` : undefined)
    if (id === undefined || change.scope !== undefined) return
    selectOnly(session.flow, [id])
    app.canvas?.fit([id])
  }
  if (changes.length === 0) return <p className="change-list faint">No difference in meaning. Moves are not changes.</p>
  return (
    <ul className="change-list" data-testid="change-list">
      {changes.map((change) => (
        <li key={`${change.scope ?? ''} ${change.what} ${change.node ?? ''} ${change.name} ${change.kind}`}>
          <button type="button" className="change" onClick={() => goTo(change)}>
            <i className={`mark ${change.kind}`} role="img" aria-label={markWords[change.kind]}>
              {markSigns[change.kind]}
            </i>
            <span>
              {change.scope === undefined ? '' : `in “${change.scope}”: `}
              {change.sentence}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}

/** `browser-2` is how the house knows a tab. */
const nameAuthor = (author: string): string => author.replace(/^browser-(\d+)$/, 'browser tab $1')

function Row({ version, isShown }: { version: GraphVersion; isShown: boolean }) {
  const app = useApp()
  const session = useSession()
  return (
    <li className={isShown ? 'version is-selected' : 'version'} data-testid={`version-${version.version}`}>
      <button
        type="button"
        className="version-face"
        aria-current={isShown || undefined}
        title={new Date(version.at).toLocaleString()}
        onClick={() => void showVersion(app, session, version)}
      >
        <span className="version-line">
          {version.automatic ? <Clock aria-label="kept automatically" /> : <Bookmark aria-label="named" />}
          <b>{version.automatic ? 'Automatic' : version.name}</b>
          <span className="faint mono">@{version.version}</span>
        </span>
        <span className="faint">{`${formatAgo(version.at, Date.now())}${version.author ? ` · ${nameAuthor(version.author)}` : ''}`}</span>
        {version.summary ? <span className="version-summary">{version.summary}</span> : null}
      </button>
      <DropMenu
        label={`Version ${version.version}`}
        trigger={
          <button type="button" className="btn quiet icon small" aria-label={`More about version ${version.version}`}>
            <MoreHorizontal />
          </button>
        }
        entries={[
          { id: 'see', label: 'Look at it', icon: <Eye />, onSelect: () => void showVersion(app, session, version) },
          {
            id: 'diff',
            label: 'What changed since',
            icon: <GitCompareArrows />,
            onSelect: () => void showDiff(app, session, version, undefined),
          },
          {
            id: 'restore',
            label: 'Go back to it',
            icon: <RotateCcw />,
            separated: true,
            onSelect: () => void restoreVersion(app, session, version),
          },
          { id: 'copy', label: 'Open as a graph of its own', icon: <Copy />, onSelect: () => void copyVersion(app, session, version) },
        ]}
      />
    </li>
  )
}
