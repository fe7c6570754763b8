import { MousePointerClick } from 'lucide-react'
import { Tabs } from 'radix-ui'
import type { KeyboardEvent } from 'react'
import { Empty } from '../parts/parts'
import { useApp, useFlow, useShown, useView } from '../state/hooks'
import type { InspectorTab } from '../state/view'
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
import './inspector.css'

const tabs: readonly { readonly id: InspectorTab; readonly title: string }[] = [
  { id: 'params', title: 'Params' },
  { id: 'inputs', title: 'Inputs' },
  { id: 'output', title: 'Output' },
  { id: 'why', title: 'Why' },
  { id: 'notes', title: 'Notes' },
]

/** What is selected, in full: a node, an input or output of the graph, a wire, several things, or the graph itself. */
export function Inspector() {
  const nodes = useFlow((flow) => flow.selectedNodes)
  const wires = useFlow((flow) => flow.selectedWires)
  const [only] = nodes
  return (
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
  )
}

/** Esc goes back to the canvas, with what is selected. What opens over the inspector (a menu, a dialog) has its own Esc. */
function leaveOnEscape(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'Escape' || event.defaultPrevented || !event.currentTarget.contains(event.target as Node)) return
  event.preventDefault()
  document.querySelector<HTMLElement>('.canvas')?.focus()
}

function OneNode({ id }: { id: string }) {
  const app = useApp()
  const tab = useView((view) => view.inspectorTab)
  const isThere = useShown((graph) => Object.hasOwn(graph.nodes, id))
  if (!isThere) return <Empty icon={<MousePointerClick />}>Select something.</Empty>
  return (
    <Tabs.Root className="inspector-tabs" value={tab} onValueChange={(next) => app.view.setState({ inspectorTab: next as InspectorTab })}>
      <InspectHead id={id} />
      <Tabs.List className="tab-row" aria-label="Sides of the node">
        {tabs.map(({ id: tabId, title }) => (
          <Tabs.Trigger key={tabId} value={tabId} className="tab">
            {title}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Tabs.Content className="inspector-body" value="params">
        <InspectParams id={id} />
      </Tabs.Content>
      <Tabs.Content className="inspector-body" value="inputs">
        <InspectInputs id={id} />
      </Tabs.Content>
      <Tabs.Content className="inspector-body" value="output">
        <InspectOutput id={id} />
      </Tabs.Content>
      <Tabs.Content className="inspector-body" value="why">
        <InspectWhy id={id} />
      </Tabs.Content>
      <Tabs.Content className="inspector-body" value="notes">
        <InspectNotes id={id} />
      </Tabs.Content>
    </Tabs.Root>
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
