import { Columns2, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { ForkPanel } from '../fork/ForkPanel'
import { Grip } from '../parts/Grip'
import { useApp, useView } from '../state/hooks'
import { type DockTab, dockTitles, splitDock } from '../state/view'
import { Timeline } from '../timeline/Timeline'
import { TokensPanel } from '../tokens/TokensPanel'
import { WeightsPanel } from '../weights/WeightsPanel'
import { GraphRuns } from './GraphRuns'
import { LogPanel } from './LogPanel'
import { ProblemsPanel } from './ProblemsPanel'
import { useAllProblems } from './problems'
import './dock.css'

/** The panel below the canvas: one tab of it, or two side by side. A tab that is chosen where the other half shows it trades places. */
export function Dock() {
  const app = useApp()
  const tab = useView((view) => view.dock)
  const beside = useView((view) => view.dockBeside)
  const width = useView((view) => view.dockBesideWidth)
  if (tab === undefined) return null
  const isSplit = beside !== undefined && beside !== tab
  return (
    <section className="dock" aria-label="Bottom panel" data-testid="dock">
      <DockPane
        label="Bottom panel"
        tab={tab}
        onChoose={(next) => app.view.setState({ dock: next, ...(next === beside && { dockBeside: tab }) })}
      >
        {isSplit ? null : (
          <button type="button" className="btn quiet icon small" aria-label="Split the bottom panel" onClick={() => splitDock(app.view)}>
            <Columns2 />
          </button>
        )}
        <button
          type="button"
          className="btn quiet icon small"
          aria-label="Hide the bottom panel"
          onClick={() => app.view.setState({ dock: undefined })}
        >
          <X />
        </button>
      </DockPane>
      {isSplit ? (
        <div className="dock-beside" data-testid="dock-beside" style={{ width: `min(${width}px, 70%)` }}>
          <Grip
            label="Width of the second half"
            along="x"
            value={width}
            min={240}
            max={1600}
            onChange={(next) => app.view.setState({ dockBesideWidth: next })}
          />
          <DockPane
            label="Bottom panel, second half"
            tab={beside}
            onChoose={(next) => app.view.setState({ dockBeside: next, ...(next === tab && { dock: beside }) })}
          >
            <button
              type="button"
              className="btn quiet icon small"
              aria-label="Close the second half"
              onClick={() => app.view.setState({ dockBeside: undefined })}
            >
              <X />
            </button>
          </DockPane>
        </div>
      ) : null}
    </section>
  )
}

function DockPane({ label, tab, onChoose, children }: { label: string; tab: DockTab; onChoose(next: DockTab): void; children: ReactNode }) {
  const problems = useAllProblems().filter((issue) => issue.severity !== 'info').length
  const tabs = Object.entries(dockTitles) as [DockTab, string][]
  return (
    <div className="dock-pane">
      <div className="tab-row">
        <div className="tab-list" role="tablist" aria-label={label}>
          {tabs.map(([id, title]) => (
            <button
              key={id}
              type="button"
              role="tab"
              className="tab"
              aria-selected={tab === id}
              data-state={tab === id ? 'active' : 'inactive'}
              onClick={() => onChoose(id)}
            >
              {id === 'problems' && problems > 0 ? `${title} ${problems}` : title}
            </button>
          ))}
        </div>
        <span className="topbar-space" />
        {children}
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
    </div>
  )
}
