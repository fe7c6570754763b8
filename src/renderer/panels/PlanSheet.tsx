import { useEffect, useState } from 'react'
import type { RunPlan } from '../../shared/api'
import { formatBytes, formatMs } from '../parts/format'
import { Dialog, ProgressBar } from '../parts/parts'
import { useApp } from '../state/hooks'
import { inputsOf, startRun } from '../state/running'
import type { Session } from '../state/session'

const words = { run: 'will run', cached: 'kept', skip: 'skipped', unknown: 'not known yet' } as const

/** What would run and why, which models are loaded, and whether it fits, before anything happens. */
export function PlanSheet({ session, onClose }: { session: Session; onClose(): void }) {
  const app = useApp()
  const [plan, setPlan] = useState<RunPlan>()
  const [problem, setProblem] = useState<string>()
  useEffect(() => {
    session.autosave
      .settled()
      .then(() => app.client.call('runs.plan', { graph: session.id, inputs: inputsOf(session) }))
      .then(setPlan, (error: Error) => setProblem(error.message))
  }, [app, session])
  const { document } = session.document.getState()
  const share = plan && plan.budgetBytes > 0 ? plan.peakBytes / plan.budgetBytes : 0
  return (
    <Dialog
      title="Plan"
      onClose={onClose}
      foot={
        <button
          type="button"
          className="btn primary"
          disabled={!plan?.fits}
          onClick={() => {
            onClose()
            void startRun(app, session)
          }}
        >
          Run
        </button>
      }
    >
      {problem ? <p className="error-box">{problem}</p> : null}
      {!plan && !problem ? <ProgressBar label="Planning" /> : null}
      {plan ? (
        <div className="plan" data-testid="plan">
          <section>
            <h3 className="block-title">Memory</h3>
            <div className={plan.fits ? 'memory-bar' : 'memory-bar is-over'}>
              <i style={{ transform: `scaleX(${Math.min(1, share)})` }} />
            </div>
            <p>
              {`${formatBytes(plan.peakBytes)} of ${formatBytes(plan.budgetBytes)}`}{' '}
              {plan.fits ? null : <b className="status-bad">does not fit</b>}
              {plan.estimatedMs === undefined ? null : <span className="faint">{` · about ${formatMs(plan.estimatedMs)}`}</span>}
            </p>
            <ul className="plain-list">
              {plan.models.map((model) => (
                <li key={model.name}>
                  <span>{model.name}</span>
                  <span className="faint">{`${formatBytes(model.memoryBytes)} · ${model.loaded ? 'loaded' : 'will be loaded'} · for ${model.nodes.join(', ')}`}</span>
                </li>
              ))}
            </ul>
          </section>
          <section>
            <h3 className="block-title">Steps</h3>
            <ol className="plan-steps">
              {plan.steps.map((step) => (
                <li key={step.node} data-action={step.action}>
                  <span>{document.nodes[step.node]?.title || step.node}</span>
                  <span className="chip">{words[step.action]}</span>
                  <small className="faint">{step.reason}</small>
                </li>
              ))}
            </ol>
          </section>
          {plan.issues
            .filter((issue) => issue.severity === 'error')
            .map((issue) => (
              <p key={issue.message} className="error-box">
                {issue.message}
              </p>
            ))}
        </div>
      ) : null}
    </Dialog>
  )
}
