import { MousePointerClick } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import { Empty } from '../parts/parts'
import { useFlow, useShown } from '../state/hooks'
import { useTitle } from '../tokens/TokensPanel'
import { InspectGraph } from './InspectGraph'
import { InspectHead } from './InspectHead'
import { InspectInputs } from './InspectInputs'
import { InspectNotes } from './InspectNotes'
import { InspectOutput } from './InspectOutput'
import { InspectParams } from './InspectParams'
import { InspectPort } from './InspectPort'
import { InspectWhy } from './InspectWhy'
import { InspectWire } from './InspectWire'
import { PanelFrame, SplitPanel } from './SplitPanel'
import './inspector.css'

/** What is selected, in full: a node, an input or output of the graph, a wire, several things, or the graph itself. */
export function Inspector() {
  const nodes = useFlow((flow) => flow.selectedNodes)
  const wires = useFlow((flow) => flow.selectedWires)
  const [only] = nodes
  return (
    <PanelFrame panel="inspector" className="inspector-frame">
      <aside className="inspector" aria-label="Inspector" data-testid="inspector" onKeyDown={leaveOnEscape}>
        {nodes.length === 0 && wires.length === 1 ? (
          <InspectWire id={wires[0] ?? ''} />
        ) : nodes.length === 0 ? (
          <InspectGraph />
        ) : nodes.length > 1 ? (
          <Several nodes={nodes} />
        ) : only?.startsWith('@') || only?.startsWith('=') ? (
          <InspectPort key={only} id={only} />
        ) : only?.startsWith('note:') || only?.startsWith('frame:') ? (
          <Empty>Double-click it to write.</Empty>
        ) : (
          <OneNode key={only} id={only ?? ''} />
        )}
      </aside>
    </PanelFrame>
  )
}

/** Esc goes back to the canvas, with what is selected. What opens over the inspector (a menu, a dialog) has its own Esc. */
function leaveOnEscape(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'Escape' || event.defaultPrevented || !event.currentTarget.contains(event.target as Node)) return
  event.preventDefault()
  document.querySelector<HTMLElement>('.canvas')?.focus()
}

function OneNode({ id }: { id: string }) {
  const isThere = useShown((graph) => Object.hasOwn(graph.nodes, id))
  if (!isThere) return <Empty icon={<MousePointerClick />}>Select something.</Empty>
  const bodies = {
    params: <InspectParams id={id} />,
    inputs: <InspectInputs id={id} />,
    output: <InspectOutput id={id} />,
    why: <InspectWhy id={id} />,
    notes: <InspectNotes id={id} />,
  }
  return (
    <>
      <InspectHead id={id} />
      <SplitPanel panel="inspector" body={(tab) => bodies[tab]} />
    </>
  )
}

function Several({ nodes }: { nodes: readonly string[] }) {
  return (
    <div className="inspector-body">
      <h2 className="inspector-title">{`${nodes.length} things selected`}</h2>
      <ul className="plain-list">
        {nodes.slice(0, 40).map((id) => (
          <li key={id}>
            <Named id={id} />
          </li>
        ))}
      </ul>
    </div>
  )
}

/** A node by its title, an input or output by its name; others by what they are. */
function Named({ id }: { id: string }) {
  const title = useTitle(id)
  if (id.startsWith('@') || id.startsWith('=')) return id.slice(1)
  return /^(note|frame):/.test(id) ? id.replace(/:.*/, '') : title
}
