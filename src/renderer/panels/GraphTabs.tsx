import { ChevronDown, Plus, X } from 'lucide-react'
import { type KeyboardEvent, useRef } from 'react'
import { useStore } from 'zustand'
import { keysIn } from '../commands/registry'
import { DropMenu, Tip } from '../parts/parts'
import { rowClass, useRow } from '../parts/use-row'
import { closeTab, createGraph, showGraph } from '../state/app'
import { useApp, useView } from '../state/hooks'
import type { Session } from '../state/session'
import './graph-tabs.css'

/** The open graphs. A tab never gets so narrow that its name cannot be read: the row is pushed sideways, and a list has them all. */
export function GraphTabs() {
  const app = useApp()
  const tabs = useView((view) => view.tabs)
  const front = useView((view) => (view.screen === 'canvas' ? view.active : undefined))
  const row = useRef<HTMLDivElement>(null)
  const hidden = useRow(row, '.tab-item.is-active', front, tabs.length)
  return (
    <div className="graph-tabs">
      {tabs.length > 0 ? <div className="sr-only" role="tablist" aria-label="Open graphs" aria-owns={tabs.map(tabId).join(' ')} /> : null}
      <div ref={row} className={`tabs ${rowClass(hidden)}`}>
        {tabs.map((id, at) => {
          const session = app.sessions.get(id)
          return session ? <Tab key={id} session={session} reached={front === undefined ? at === 0 : id === front} /> : null
        })}
      </div>
      {hidden.before || hidden.after ? <AllTabs count={tabs.length} /> : null}
      <Tip text="New graph" keys={keysIn(app, 'new-graph')[0]}>
        <button
          type="button"
          className="btn quiet icon small"
          aria-label="New graph"
          data-testid="new-graph"
          onClick={() => void createGraph(app, '')}
        >
          <Plus />
        </button>
      </Tip>
    </div>
  )
}

/** The list owns the tabs alone; the buttons that close them stand between. */
const tabId = (graph: string): string => `tab-${graph}`

const nameOf = (name: string): string => name || 'Untitled'

/** `reached`: the one tab that the Tab key comes to; arrows go on to the others. */
function Tab({ session, reached }: { session: Session; reached: boolean }) {
  const app = useApp()
  const active = useView((view) => view.active === session.id && view.screen === 'canvas')
  const name = useStore(session.document, (state) => nameOf(state.document.name))
  const live = useStore(session.run, (run) => run.live)
  return (
    <div className={active ? 'tab-item is-active' : 'tab-item'}>
      <Tip text={name}>
        <button
          type="button"
          role="tab"
          id={tabId(session.id)}
          tabIndex={reached ? 0 : -1}
          aria-selected={active}
          aria-keyshortcuts="Delete"
          onClick={() => showGraph(app, session.id)}
          onAuxClick={(event) => event.button === 1 && closeTab(app, session.id)}
          onKeyDown={(event) => walkTabs(event, () => closeTab(app, session.id))}
        >
          {live ? <i className="live-dot" role="img" aria-label="running" /> : null}
          <span className="tab-name">{name}</span>
        </button>
      </Tip>
      <button
        type="button"
        className="tab-close"
        tabIndex={active ? 0 : -1}
        aria-label={`Close ${name}`}
        onClick={() => closeTab(app, session.id)}
      >
        <X />
      </button>
    </div>
  )
}

/** Arrows, Home and End go from tab to tab; Enter shows the one that has the focus, Delete closes it, and its neighbour is next. */
function walkTabs(event: KeyboardEvent<HTMLElement>, close: () => void): void {
  const all = [...(event.currentTarget.closest('.tabs')?.querySelectorAll<HTMLElement>('[role="tab"]') ?? [])]
  const at = all.indexOf(event.currentTarget)
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: all.length - 1, Delete: at + 1 < all.length ? at + 1 : at - 1 }[
    event.key
  ]
  if (to === undefined) return
  event.preventDefault()
  const next = all[Math.max(0, Math.min(all.length - 1, to))]
  if (event.key === 'Delete') {
    close()
    requestAnimationFrame(() => next?.focus())
  } else next?.focus()
}

function AllTabs({ count }: { count: number }) {
  const app = useApp()
  const entries = () => {
    const { tabs, active, screen } = app.view.getState()
    return tabs.map((id) => ({
      id,
      label: nameOf(app.sessions.get(id)?.document.getState().document.name ?? ''),
      checked: id === active && screen === 'canvas',
      onSelect: () => showGraph(app, id),
    }))
  }
  return (
    <DropMenu
      label="Open graphs"
      entries={entries}
      trigger={
        <button type="button" className="btn quiet all-tabs" aria-label={`All ${count} open graphs`} data-testid="all-tabs">
          {count} <ChevronDown />
        </button>
      }
    />
  )
}
