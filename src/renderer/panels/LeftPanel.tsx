import type { ReactNode } from 'react'
import { useApp, useView } from '../state/hooks'
import type { LeftPanel as Side } from '../state/view'
import { VersionsPanel } from '../versions/VersionsPanel'
import { LibraryPanel } from './LibraryPanel'
import { NodesPanel } from './NodesPanel'
import { Outline } from './Outline'

const panels: Readonly<Record<Side, () => ReactNode>> = {
  nodes: NodesPanel,
  library: LibraryPanel,
  outline: Outline,
  versions: VersionsPanel,
}

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
  const Panel = panels[side ?? 'nodes']
  return (
    <div className="left-panel">
      <div className="tab-row" role="tablist" aria-label="Left panel">
        {tab('nodes', 'Nodes')}
        {tab('library', 'Library')}
        {tab('outline', 'Outline')}
        {tab('versions', 'Versions')}
      </div>
      <Panel />
    </div>
  )
}
