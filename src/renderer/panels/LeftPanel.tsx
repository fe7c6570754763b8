import { useApp, useView } from '../state/hooks'
import type { LeftPanel as Side } from '../state/view'
import { VersionsPanel } from '../versions/VersionsPanel'
import { NodesPanel } from './NodesPanel'
import { Outline } from './Outline'

export function LeftPanel() {
  const app = useApp()
  const side = useView((view) => view.left)
  const tab = (id: Side, title: string) => (
    <button
      type="button"
      role="tab"
      className="tab"
      aria-selected={side === id}
      data-state={side === id ? 'active' : 'inactive'}
      onClick={() => app.view.setState({ left: id })}
    >
      {title}
    </button>
  )
  return (
    <div className="left-panel">
      <div className="tab-row" role="tablist" aria-label="Left panel">
        {tab('nodes', 'Nodes')}
        {tab('outline', 'In this graph')}
        {tab('versions', 'Versions')}
      </div>
      {side === 'versions' ? <VersionsPanel /> : side === 'outline' ? <Outline /> : <NodesPanel />}
    </div>
  )
}
