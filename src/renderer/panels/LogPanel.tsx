import { deviceName, formatMs, plural } from '../parts/format'
import { Empty } from '../parts/parts'
import { useRun, useView } from '../state/hooks'

/** What a run has to say in words: warnings, failures, how it ended; below it, what else went wrong since the window is open. */
export function LogPanel() {
  const failures = useView((view) => view.failures)
  const hasRun = useRun((run) => run.state.status !== 'waiting')
  if (!hasRun && failures.length === 0) return <Empty>No run yet.</Empty>
  return (
    <ol className="log mono" data-testid="log">
      {hasRun ? <RunLines /> : null}
      {failures.map(({ id, at, text }) => (
        <li key={id} className="bad">
          <time>{new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}</time> {text}
        </li>
      ))}
    </ol>
  )
}

function RunLines() {
  const state = useRun((run) => run.state)
  const failures = Object.entries(state.nodes).flatMap(([id, node]) =>
    node.error ? [{ t: node.marks.endedAt ?? state.t, text: `${id}: ${node.error.message}`, tone: 'bad' }] : [],
  )
  const warnings = state.warnings.map((warning) => ({
    t: warning.t,
    text: warning.node ? `${warning.node}: ${warning.message}` : warning.message,
    tone: 'warn',
  }))
  const lines = [
    { t: 0, text: `run ${state.run} on ${deviceName(state.device)}, seed ${state.seed}`, tone: '' },
    ...warnings,
    ...failures,
  ].sort((a, b) => a.t - b.t)
  return (
    <>
      {lines.map((line) => (
        <li key={`${line.t} ${line.text}`} className={line.tone}>
          <time>{formatMs(line.t)}</time> {line.text}
        </li>
      ))}
      {state.status === 'running' ? null : (
        <li>
          <time>{formatMs(state.t)}</time>{' '}
          {`${state.status}; ${state.totals.ran} ran, ${state.totals.hits} from the cache, ${plural(state.totals.tokens, 'token')}`}
        </li>
      )}
    </>
  )
}
