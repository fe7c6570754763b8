import { VersionsPanel } from '../versions/VersionsPanel'
import { LibraryPanel } from './LibraryPanel'
import { NodesPanel } from './NodesPanel'
import { Outline } from './Outline'
import { PanelFrame, SplitPanel } from './SplitPanel'

const bodies = { nodes: <NodesPanel />, library: <LibraryPanel />, outline: <Outline />, versions: <VersionsPanel /> }

export function LeftPanel() {
  return (
    <PanelFrame panel="left" className="left-panel">
      <SplitPanel panel="left" body={(tab) => bodies[tab]} />
    </PanelFrame>
  )
}
