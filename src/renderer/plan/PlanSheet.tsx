import { Wand2 } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { RunPlan } from '../../shared/api'
import { setBranches } from '../../shared/graph/edit'
import { runsInSequence } from '../../shared/graph/one-at-a-time'
import { formatBytes, formatMs, plural } from '../parts/format'
import { Dialog, ProgressBar } from '../parts/parts'
import { useApp, useCatalog } from '../state/hooks'
import { inputsOf, startRun } from '../state/running'
import { editWhole, type Session } from '../state/session'
import { setSettings } from '../state/settings'
import { BranchesChoice } from './BranchesChoice'
import { MemoryChart } from './MemoryChart'
import { type PlanFix, planFixes, sequenceLabel } from './plan-fixes'

const words = { run: 'will run', cached: 'kept', skip: 'skipped', unknown: 'not known yet' } as const

/** In a sentence: how much there is to do, and how long that took before. */
function told({ steps, estimatedMs, memory }: RunPlan): string {
  const count = (...actions: readonly RunPlan['steps'][number]['action'][]) => steps.filter(({ action }) => actions.includes(action)).length
  const open = count('run', 'unknown')
  if (open === 0) return 'Nothing has changed: every result is kept from an earlier run, and a run gives it at once.'
  const kept = count('cached')
  return [
    `${plural(open, 'node')} of ${steps.length} will run${kept > 0 ? `, ${kept} ${kept === 1 ? 'is' : 'are'} kept` : ''}.`,
    ...(estimatedMs === undefined ? [] : [`About ${formatMs(estimatedMs)}, as runs of all of it took before.`]),
    ...(memory.length === 0 ? ['No step needs a model in memory.'] : []),
  ].join(' ')
}

/** What would run and why, which models are loaded, and whether it fits, before anything happens. */
export function PlanSheet({ session, onClose }: { session: Session; onClose(): void }) {
  const app = useApp()
  const [plan, setPlan] = useState<RunPlan>()
  const [problem, setProblem] = useState<string>()
  const read = useCallback(() => {
    session.autosave
      .settled()
      .then(() => app.client.call('runs.plan', { graph: session.id, inputs: inputsOf(session) }))
      .then(setPlan, (error: Error) => setProblem(error.message))
  }, [app, session])
  useEffect(read, [read])
  const document = useStore(session.document, (state) => state.document)
  const nameOf = (node: string) => document.nodes[node]?.title || node
  const models = useCatalog((catalog) => catalog.models)
  const system = useCatalog((catalog) => catalog.system)
  const settings = useCatalog((catalog) => catalog.settings)
  const machine = system && settings ? { totalBytes: system.memoryBytes.total, settings } : undefined
  const specs = useCatalog((catalog) => catalog.specs)
  const fixes = plan ? planFixes(plan, document, { library: models, specs, ...(machine ? { machine } : {}) }) : []
  const apply = (fix: PlanFix) => {
    const { change, settings } = fix
    if (change && editWhole(session, fix.label, change)) read()
    if (settings) setSettings(app, settings).then(read, (error: Error) => setProblem(error.message))
  }
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
            <p className="plan-told">{told(plan)}</p>
          </section>
          {plan.memory.length > 0 ? (
            <section>
              <h3 className="block-title">Memory</h3>
              <MemoryChart plan={plan} nameOf={nameOf} />
              <BranchesChoice
                chosen={runsInSequence(document) ? 'sequence' : 'beside'}
                plan={plan}
                onChoose={(branches) => {
                  const label = branches === 'sequence' ? sequenceLabel : 'Run branches beside each other'
                  if (editWhole(session, label, (graph) => setBranches(graph, { branches }))) read()
                }}
              />
            </section>
          ) : null}
          {fixes.length > 0 ? (
            <section>
              <h3 className="block-title">{plan.fits ? 'What would spare loading models twice' : 'What would make it fit'}</h3>
              <ul className="plan-fixes">
                {fixes.map((fix) => (
                  <li key={fix.label}>
                    <button type="button" className="btn small" onClick={() => apply(fix)}>
                      <Wand2 /> {fix.label}
                    </button>
                    <small className="faint">{fix.effect}</small>
                  </li>
                ))}
              </ul>
            </section>
          ) : null}
          {plan.models.length > 0 ? (
            <section>
              <h3 className="block-title">Models</h3>
              <ul className="plain-list">
                {plan.models.map((model) => (
                  <li key={model.name}>
                    <span>{model.name}</span>
                    <span className="faint">{`${formatBytes(model.memoryBytes)} · ${model.loaded ? 'loaded' : 'will be loaded'} · for ${model.nodes.map(nameOf).join(', ')}`}</span>
                  </li>
                ))}
              </ul>
            </section>
          ) : null}
          <section>
            <h3 className="block-title">Steps</h3>
            <ol className="plan-steps">
              {plan.steps.map((step) => (
                <li key={step.node} data-action={step.action}>
                  <span>{nameOf(step.node)}</span>
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
