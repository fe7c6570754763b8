import { AlertTriangle, Check, CircleDotDashed, CloudOff, Cpu, Loader, MemoryStick } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { isIncomplete } from '../../shared/graph/issue'
import { planMemory } from '../../shared/graph/memory'
import { planRun } from '../../shared/graph/plan'
import { deviceName, formatBytes, plural } from '../parts/format'
import { Tip } from '../parts/parts'
import { activeSession } from '../state/app'
import type { Catalog } from '../state/catalog'
import { useApp, useCatalog, useView } from '../state/hooks'
import { openPanel } from '../state/panels'
import type { Session } from '../state/session'

/** One line: is it saved, on what does it run, how much memory, how fast. */
export function StatusBar() {
  const app = useApp()
  const lost = useView((view) => view.lost)
  useView((view) => view.active)
  useView((view) => view.screen)
  const session = activeSession(app)
  const system = useCatalog((catalog) => catalog.system)
  const held = useCatalog((catalog) => catalog.modelBytes)
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
          <Tip text="What models take of the memory now, and what they may take; set in the settings" side="top">
            <span data-testid="model-memory">
              <MemoryStick aria-hidden />{' '}
              {held > 0
                ? `${formatBytes(held)} of ${formatBytes(system.memoryBytes.budget)}`
                : `${formatBytes(system.memoryBytes.budget)} for models`}
              {session ? <PlannedMemory session={session} /> : null}
            </span>
          </Tip>
        </>
      ) : null}
    </footer>
  )
}

function GraphStatus({ session }: { session: Session }) {
  const { revision, status, message } = useStore(session.autosave.store)
  const past = useStore(session.document, (state) => state.readOnly)
  // While somebody types, each key is saved in a moment: only what takes longer is worth a word.
  const isSlow = useLasting(status === 'saving', slowMs)
  const shown = status === 'saving' && !isSlow ? 'saved' : status
  return (
    <>
      <Tip text={message ?? `Every edit is saved as it is made; this is edit ${revision}.`} side="top">
        <span data-testid="saved" data-status={status} role="status">
          {shown === 'saved' ? (
            <Check aria-hidden />
          ) : shown === 'saving' ? (
            <Loader className="spin" aria-hidden />
          ) : (
            <AlertTriangle aria-hidden />
          )}
          {past ? 'as it was' : shown === 'saved' ? 'saved' : shown === 'saving' ? 'saving…' : 'not saved'}
        </span>
      </Tip>
      {status === 'failed' ? (
        <button type="button" className="link" onClick={() => session.autosave.retry()}>
          try again
        </button>
      ) : null}
      <ProblemCount session={session} />
    </>
  )
}

/** What is wrong in red; what is only not finished in amber, with a sign and a word of its own. */
function ProblemCount({ session }: { session: Session }) {
  const { view } = useApp()
  const errors = useStore(session.problems, ({ all }) => all.filter((issue) => issue.severity === 'error' && !isIncomplete(issue)).length)
  const open = useStore(session.problems, ({ all }) => all.filter(isIncomplete).length)
  const tone = errors > 0 ? 'status-bad' : open > 0 ? 'status-warn' : ''
  const counts = [errors > 0 ? plural(errors, 'problem') : '', open > 0 ? `${open} incomplete` : ''].filter(Boolean)
  return (
    <button type="button" className={`status-link ${tone}`} data-testid="problem-count" onClick={() => openPanel(view, 'dock', 'problems')}>
      {errors === 0 && open > 0 ? <CircleDotDashed aria-hidden /> : <AlertTriangle aria-hidden />} {counts.join(', ') || 'no problems'}
    </button>
  )
}

const slowMs = 400

/** True once something has been so for a while. */
function useLasting(is: boolean, ms: number): boolean {
  const [lasts, setLasts] = useState(false)
  useEffect(() => {
    if (!is) return setLasts(false)
    const timer = setTimeout(() => setLasts(true), ms)
    return () => clearTimeout(timer)
  }, [is, ms])
  return is && lasts
}

/** What the run in front was expected to take at its peak. Reckoned once a run and after its first frame: nothing of it is needed while a person edits. */
function PlannedMemory({ session }: { session: Session }) {
  const { catalog } = useApp()
  const run = useStore(session.run, ({ id }) => id)
  const [bytes, setBytes] = useState(0)
  useEffect(() => {
    if (run === undefined) return setBytes(0)
    const later = setTimeout(() => setBytes(plannedPeak(session, catalog.getState())))
    return () => clearTimeout(later)
  }, [run, session, catalog])
  return bytes > 0 ? ` (plan ${formatBytes(bytes)})` : null
}

function plannedPeak(session: Session, { specs, models }: Pick<Catalog, 'specs' | 'models'>): number {
  const { document } = session.document.getState()
  try {
    return planMemory(planRun({ document, specs }), document, models).peakBytes
  } catch {
    return 0 // a graph that cannot be planned says so elsewhere
  }
}

function RunStatus({ session }: { session: Session }) {
  const id = useStore(session.run, (run) => run.id)
  const status = useStore(session.run, (run) => (run.id === undefined ? undefined : run.live ? 'running' : run.state.status))
  const tokens = useStore(session.run, (run) => run.state.totals.tokens)
  const rate = useStore(session.run, (run) =>
    Math.round(Object.values(run.state.nodes).reduce((sum, node) => sum + (node.phase === 'running' ? node.tokensPerSecond : 0), 0)),
  )
  const waiting = useStore(session.run, (run) =>
    run.live ? Object.values(run.state.nodes).reduce((sum, node) => sum + (node.phase === 'queued' ? 1 : 0), 0) : 0,
  )
  const paused = useStore(session.run, (run) =>
    run.live ? Object.keys(run.state.nodes).find((id) => run.state.nodes[id]?.phase === 'paused') : undefined,
  )
  const nodes = useStore(session.document, (state) => state.document.nodes)
  if (status === undefined || status === 'waiting') return null
  return (
    <span data-testid="run-status" data-status={status} data-run={id}>
      {paused !== undefined ? `paused at ${nodes[paused]?.title || paused}` : status === 'running' ? 'running' : `last run: ${status}`}
      {waiting > 0 ? ` · queue ${waiting}` : ''}
      {tokens > 0 ? ` · ${plural(tokens, 'token')}` : ''}
      {rate > 0 ? ` · ${rate} tok/s` : ''}
    </span>
  )
}
