import { deviceName, formatMs, plural } from '../parts/format'
import { Empty } from '../parts/parts'
import { useRun } from '../state/hooks'

/** What a run has to say in words: warnings, failures, how it ended. */
export function LogPanel() {
  const state = useRun((run) => run.state)
  if (state.status === 'waiting') return <Empty>No run yet.</Empty>
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
    <ol className="log mono" data-testid="log">
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
    </ol>
  )
}
