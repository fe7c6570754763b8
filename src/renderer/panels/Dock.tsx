import { X } from 'lucide-react'
import { ForkPanel } from '../fork/ForkPanel'
import { useApp, useView } from '../state/hooks'
import { type DockTab, dockTitles } from '../state/view'
import { Timeline } from '../timeline/Timeline'
import { TokensPanel } from '../tokens/TokensPanel'
import { WeightsPanel } from '../weights/WeightsPanel'
import { GraphRuns } from './GraphRuns'
import { LogPanel } from './LogPanel'
import { ProblemsPanel } from './ProblemsPanel'
import { useAllProblems } from './problems'
import './dock.css'

export function Dock() {
  const app = useApp()
  const tab = useView((view) => view.dock)
  const problems = useAllProblems().filter((issue) => issue.severity !== 'info').length
  const tabs = Object.entries(dockTitles) as [DockTab, string][]
  return (
    <section className="dock" aria-label="Bottom panel" data-testid="dock">
      <div className="tab-row">
        <div className="tab-list" role="tablist" aria-label="Bottom panel">
          {tabs.map(([id, title]) => (
            <button
              key={id}
              type="button"
              role="tab"
              className="tab"
              aria-selected={tab === id}
              data-state={tab === id ? 'active' : 'inactive'}
              onClick={() => app.view.setState({ dock: id })}
            >
              {id === 'problems' && problems > 0 ? `${title} ${problems}` : title}
            </button>
          ))}
        </div>
        <span className="topbar-space" />
        <button
          type="button"
          className="btn quiet icon small"
          aria-label="Hide the bottom panel"
          onClick={() => app.view.setState({ dock: undefined })}
        >
          <X />
        </button>
      </div>
      <div className="dock-body">
        {tab === 'timeline' ? <Timeline /> : null}
        {tab === 'tokens' ? <TokensPanel /> : null}
        {tab === 'weights' ? <WeightsPanel /> : null}
        {tab === 'variants' ? <ForkPanel /> : null}
        {tab === 'problems' ? <ProblemsPanel /> : null}
        {tab === 'runs' ? <GraphRuns /> : null}
        {tab === 'log' ? <LogPanel /> : null}
      </div>
    </section>
  )
}
