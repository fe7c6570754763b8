import { memo, useLayoutEffect, useRef } from 'react'
import type { NodeState } from '../../shared/run/fold'
import type { NodeProgress } from '../../shared/run/progress'
import { formatBytes, formatMs, formatNumber, leftText } from '../parts/format'
import { ProgressBar, Tip } from '../parts/parts'
import { useNodeRun } from '../state/hooks'
import { previewText } from '../viewers/preview'

/** What the node is doing or has done: progress, text as it comes (three lines, more under the pointer), where the time went. */
export const CardLive = memo(function CardLive({ id }: { id: string }) {
  const run = useNodeRun(id)
  if (!run || run.phase === 'idle' || run.phase === 'planned') return null
  return (
    <div className="card-live">
      <Progress run={run} />
      {run.phase === 'failed' && run.error ? <p className="card-error">{run.error.message}</p> : <LiveText run={run} />}
      <TimeLine run={run} />
    </div>
  )
})

function Progress({ run }: { run: NodeState }) {
  if (run.phase === 'paused') return <p className="card-doing">{`paused: ${run.reason ?? 'breakpoint'}`}</p>
  if (run.phase === 'queued') return <p className="card-doing">{run.waitingFor ? `waiting for ${run.waitingFor}` : 'waiting'}</p>
  if (run.phase !== 'running') return null
  if (run.model && !run.model.loaded)
    return (
      <div className="card-doing">
        <span>{`loading ${run.model.name} · ${formatBytes(run.model.sizeBytes)}`}</span>
        <ProgressBar fraction={run.model.fraction} label="Loading the model" />
      </div>
    )
  if (run.progress)
    return (
      <div className="card-doing">
        <span>
          {`${formatNumber(Math.floor(run.progress.done))} of ${formatNumber(run.progress.total)} ${run.progress.unit}`}
          {leftOf(run.progress)}
        </span>
        <ProgressBar fraction={run.progress.total > 0 ? run.progress.done / run.progress.total : undefined} label={run.progress.unit} />
      </div>
    )
  if (run.text === '') return <ProgressBar label="Working" />
  return null
}

/** Shorter waits are not worth a word. */
const leftOf = ({ leftMs = 0 }: NodeProgress): string => (leftMs < 2000 ? '' : ` · ${leftText(leftMs / 1000)}`)

function LiveText({ run }: { run: NodeState }) {
  const ref = useRef<HTMLDivElement>(null)
  const live = run.phase === 'running' || run.phase === 'stopped' || run.held !== undefined
  const text = live ? run.text : previewText(run.outputs) || run.text
  useLayoutEffect(() => {
    if (live && ref.current) ref.current.scrollTop = ref.current.scrollHeight
  })
  if (text === '') return null
  return (
    <div ref={ref} className={live ? 'card-text nowheel is-live' : 'card-text nowheel'} data-testid="live-text">
      {text.length > 4000 ? (live ? `…${text.slice(-4000)}` : `${text.slice(0, 4000)}…`) : text}
      {run.phase === 'running' ? <span className="caret" aria-hidden /> : null}
    </div>
  )
}

const parts = [
  ['waitMs', 'wait'],
  ['loadMs', 'load'],
  ['promptMs', 'prompt'],
  ['decodeMs', 'decode'],
  ['otherMs', 'other'],
] as const

function TimeLine({ run }: { run: NodeState }) {
  const { times, tokensPerSecond, usage, cached } = run
  if (cached)
    return (
      <div className="card-time">
        <span className="chip">from an earlier run</span>
      </div>
    )
  if (times.totalMs <= 0) return null
  const all = parts.reduce((sum, [key]) => sum + times[key], 0) || 1
  const legend = parts.filter(([key]) => times[key] >= 1).map(([key, name]) => `${name} ${formatMs(times[key])}`)
  const accepted = usage.drafted > 0 ? `${Math.round((usage.accepted / usage.drafted) * 100)} % of drafted tokens accepted` : ''
  return (
    <Tip text={[legend.join(' · '), accepted].filter(Boolean).join('\n')} side="bottom">
      <div className="card-time" data-testid="time">
        <span className="time-bar" role="img" aria-label={`Time: ${legend.join(', ')}`}>
          {parts.map(([key, name]) =>
            times[key] >= 0.5 ? <i key={key} className={`time-${name}`} style={{ flexGrow: times[key] / all }} /> : null,
          )}
        </span>
        <span className="chip">{formatMs(times.totalMs)}</span>
        {tokensPerSecond > 0 ? (
          <span className="chip">{`${formatNumber(tokensPerSecond >= 100 ? Math.round(tokensPerSecond) : Math.round(tokensPerSecond * 10) / 10)} tok/s`}</span>
        ) : null}
      </div>
    </Tip>
  )
}
