import type { RunPlan } from '../../shared/api'
import { formatBytes } from '../parts/format'
import './plan.css'

/** Memory step by step: a bar for each node that needs models, against the budget; what is loaded and what has to go is written beside it. */
export function MemoryChart({ plan, nameOf }: { plan: RunPlan; nameOf(node: string): string }) {
  const scale = Math.max(plan.budgetBytes, plan.peakBytes, ...plan.memory.map(({ totalBytes }) => totalBytes), 1)
  return (
    <div className="memory-chart" data-testid="memory-chart">
      <p>
        <b>{formatBytes(plan.peakBytes)}</b> {`at the most, of ${formatBytes(plan.budgetBytes)} for models`}{' '}
        {plan.fits ? null : <b className="status-bad">· does not fit</b>}
        {plan.reloads > 0 ? (
          <span className="status-warn">{` · ${plan.reloads === 1 ? 'a model is' : `${plan.reloads} models are`} loaded twice`}</span>
        ) : null}
      </p>
      <ol>
        {plan.memory.map(({ node, loads, evicts, totalBytes }) => {
          const over = totalBytes > plan.budgetBytes
          return (
            <li key={node}>
              <span className="memory-node">{nameOf(node)}</span>
              <span className="memory-track" role="img" aria-label={`${formatBytes(totalBytes)} loaded`}>
                <i className={over ? 'is-over' : ''} style={{ width: `${(totalBytes / scale) * 100}%` }} />
                <u style={{ left: `${(plan.budgetBytes / scale) * 100}%` }} title="the budget" />
              </span>
              <span className="memory-told">
                {formatBytes(totalBytes)}
                {loads.map((name) => (
                  <span key={name} className="chip">{`+ ${name}`}</span>
                ))}
                {evicts.map((name) => (
                  <span key={name} className="chip warn" title="makes room; loaded again if it is needed again">{`− ${name}`}</span>
                ))}
              </span>
            </li>
          )
        })}
      </ol>
    </div>
  )
}
