import { ForkPanel } from '../fork/ForkPanel'
import { Timeline } from '../timeline/Timeline'
import { TokensPanel } from '../tokens/TokensPanel'
import { WeightsPanel } from '../weights/WeightsPanel'
import { GraphRuns } from './GraphRuns'
import { LogPanel } from './LogPanel'
import { ProblemsPanel } from './ProblemsPanel'
import { useAllProblems } from './problems'
import { PanelFrame, SplitPanel } from './SplitPanel'
import './dock.css'

const bodies = {
  timeline: <Timeline />,
  tokens: <TokensPanel />,
  weights: <WeightsPanel />,
  variants: <ForkPanel />,
  problems: <ProblemsPanel />,
  runs: <GraphRuns />,
  log: <LogPanel />,
}

/** The panel below the canvas. */
export function Dock() {
  const problems = useAllProblems().filter((issue) => issue.severity !== 'info').length
  return (
    <PanelFrame panel="dock" className="dock-frame">
      <section className="dock" aria-label="Bottom panel" data-testid="dock">
        <SplitPanel
          panel="dock"
          body={(tab) => bodies[tab]}
          title={(tab, name) => (tab === 'problems' && problems > 0 ? `${name} ${problems}` : name)}
        />
      </section>
    </PanelFrame>
  )
}
