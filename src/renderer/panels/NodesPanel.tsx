import { LogIn, LogOut, Search } from 'lucide-react'
import { type KeyboardEvent, useMemo, useState } from 'react'
import type { NodeSpec } from '../../shared/node-spec'
import { nodeDragType } from '../canvas/drops'
import { FamilyGlyph } from '../parts/FamilyGlyph'
import { Empty, Tip } from '../parts/parts'
import { beside, firstOutput } from '../state/chaining'
import { placeNode, placePort } from '../state/editing'
import { useApp, useCatalog, useSession } from '../state/hooks'
import { describeNode, nodeGroups, type PortEntry, portEntries } from './node-groups'
import { PortGlyphs } from './PortGlyphs'
import { search } from './search'

/** All node kinds, by family. Drag one onto the canvas, or press Enter: it lands in the middle, wired to the selected node. */
export function NodesPanel() {
  const app = useApp()
  const session = useSession()
  const specs = useCatalog((catalog) => catalog.specs)
  const [query, setQuery] = useState('')
  const found = useMemo(
    () =>
      search(
        [...specs.values()].sort((a, b) => a.title.localeCompare(b.title)),
        query,
        describeNode,
      ),
    [specs, query],
  )
  const add = (entry: NodeSpec | PortEntry) => {
    const selected = session.flow.getState().selectedNodes
    const from = selected.length === 1 ? firstOutput(app, session, selected[0] ?? '') : undefined
    const place = from ? beside(session, selected[0] ?? '') : undefined
    const request = { at: place ?? app.canvas?.centre() ?? { x: 0, y: 0 } }
    const end = portEntries.find(({ type }) => type === entry.type)
    if (end) placePort(app, session, end.side, { ...request, ...(from && end.side === 'outputs' ? { held: from } : {}) })
    else placeNode(app, session, entry.type, { ...request, ...(from ? { held: from } : {}) })
  }
  const move = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>('input, [data-entry]')]
    all[all.indexOf(document.activeElement as HTMLElement) + (event.key === 'ArrowDown' ? 1 : -1)]?.focus()
  }
  return (
    <section className="side" aria-label="Nodes" data-testid="nodes-panel" onKeyDown={move}>
      <div className="side-search">
        <Search aria-hidden />
        <input
          className="field"
          aria-label="Find a node"
          placeholder="Find a node…"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </div>
      <div className="side-scroll">
        {query === '' ? (
          nodeGroups.map((group) => {
            const members = found.filter((spec) => spec.family === group.family)
            if (members.length === 0) return null
            return (
              <div key={group.family} data-family={group.hue}>
                <h3 className="side-head">
                  <i className="glyph" data-family={group.hue} aria-hidden />
                  {group.title}
                  <small>{group.summary}</small>
                </h3>
                {group.family === 'io' ? portEntries.map((entry) => <Entry key={entry.type} spec={entry} onAdd={add} />) : null}
                {members.map((spec) => (
                  <Entry key={spec.type} spec={spec} onAdd={add} />
                ))}
              </div>
            )
          })
        ) : (
          <>
            {search(portEntries, query, (entry) => entry).map((entry) => (
              <div key={entry.type} data-family="model">
                <Entry spec={entry} onAdd={add} />
              </div>
            ))}
            {found.map((spec) => (
              <div key={spec.type} data-family={nodeGroups.find((group) => group.family === spec.family)?.hue}>
                <Entry spec={spec} onAdd={add} />
              </div>
            ))}
            {found.length === 0 && search(portEntries, query, (entry) => entry).length === 0 ? (
              <Empty icon={<Search />}>Nothing by this name.</Empty>
            ) : null}
          </>
        )}
      </div>
    </section>
  )
}

function Entry<T extends NodeSpec | PortEntry>({ spec, onAdd }: { spec: T; onAdd(spec: T): void }) {
  return (
    <Tip text={spec.summary} side="right">
      <button
        type="button"
        className="entry"
        data-entry
        data-testid={`add-${spec.type}`}
        draggable
        onDragStart={(event) => {
          event.dataTransfer.setData(nodeDragType, spec.type)
          event.dataTransfer.effectAllowed = 'copy'
        }}
        onClick={() => onAdd(spec)}
      >
        <span className="entry-glyph">
          {'side' in spec ? spec.side === 'inputs' ? <LogIn /> : <LogOut /> : <FamilyGlyph spec={spec} />}
        </span>
        <span className="entry-title">{spec.title}</span>
        {'side' in spec ? null : <PortGlyphs spec={spec} />}
      </button>
    </Tip>
  )
}
