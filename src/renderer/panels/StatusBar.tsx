import { AlertTriangle, Check, CloudOff, Cpu, Loader, MemoryStick } from 'lucide-react'
import { useStore } from 'zustand'
import { deviceName, formatBytes, plural } from '../parts/format'
import { Tip } from '../parts/parts'
import { activeSession } from '../state/app'
import { useApp, useCatalog, useView } from '../state/hooks'
import type { Session } from '../state/session'

/** One line: is it saved, on what does it run, how much memory, how fast. */
export function StatusBar() {
  const app = useApp()
  const lost = useView((view) => view.lost)
  useView((view) => view.active)
  useView((view) => view.screen)
  const session = activeSession(app)
  const system = useCatalog((catalog) => catalog.system)
  return (
    <footer className="statusbar" data-testid="status">
      {lost ? (
        <span className="status-bad" role="status">
          <CloudOff aria-hidden /> connection lost, trying again…
        </span>
      ) : null}
      {session ? <GraphStatus session={session} /> : null}
      <span className="status-space" />
      {session ? <RunStatus session={session} /> : null}
      {system ? (
        <>
          <Tip text="Where models run; set in the settings" side="top">
            <span>
              <Cpu aria-hidden /> {deviceName(system.device)}
            </span>
          </Tip>
          <Tip text="What models may take of this machine’s memory; set in the settings" side="top">
            <span>
              <MemoryStick aria-hidden /> {`${formatBytes(system.memoryBytes.budget)} for models`}
            </span>
          </Tip>
        </>
      ) : null}
    </footer>
  )
}

function GraphStatus({ session }: { session: Session }) {
  const app = useApp()
  const { revision, status, message } = useStore(session.autosave.store)
  const errors = useStore(session.problems, ({ all }) => all.filter((issue) => issue.severity === 'error').length)
  const past = useStore(session.document, (state) => state.readOnly)
  return (
    <>
      <Tip text={message ?? `Every edit is saved as it is made; this is edit ${revision}.`} side="top">
        <span data-testid="saved" data-status={status} role="status">
          {status === 'saved' ? (
            <Check aria-hidden />
          ) : status === 'saving' ? (
            <Loader className="spin" aria-hidden />
          ) : (
            <AlertTriangle aria-hidden />
          )}
          {past ? 'as it was' : status === 'saved' ? 'saved' : status === 'saving' ? 'saving…' : 'not saved'}
        </span>
      </Tip>
      {status === 'failed' ? (
        <button type="button" className="link" onClick={() => session.autosave.retry()}>
          try again
        </button>
      ) : null}
      <button
        type="button"
        className={errors > 0 ? 'status-link status-bad' : 'status-link'}
        data-testid="problem-count"
        onClick={() => app.view.setState({ dock: 'problems' })}
      >
        <AlertTriangle aria-hidden /> {errors === 0 ? 'no problems' : errors === 1 ? '1 problem' : `${errors} problems`}
      </button>
    </>
  )
}

function RunStatus({ session }: { session: Session }) {
  const status = useStore(session.run, (run) => (run.id === undefined ? undefined : run.live ? 'running' : run.state.status))
  const tokens = useStore(session.run, (run) => run.state.totals.tokens)
  const rate = useStore(session.run, (run) =>
    Math.round(Object.values(run.state.nodes).reduce((sum, node) => sum + (node.phase === 'running' ? node.tokensPerSecond : 0), 0)),
  )
  if (status === undefined || status === 'waiting') return null
  return (
    <span data-testid="run-status" data-status={status}>
      {status === 'running' ? 'running' : `last run: ${status}`}
      {tokens > 0 ? ` · ${plural(tokens, 'token')}` : ''}
      {rate > 0 ? ` · ${rate} tok/s` : ''}
    </span>
  )
}
