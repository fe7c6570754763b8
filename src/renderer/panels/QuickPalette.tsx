import { Command } from 'cmdk'
import { CornerDownLeft, Library, LogIn, LogOut, StickyNote } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { LibraryEntry } from '../../shared/api'
import { addNote } from '../../shared/graph/edit'
import { portTitle } from '../../shared/names'
import type { InputPort, NodeSpec, OutputPort } from '../../shared/node-spec'
import { meet, wireKinds } from '../../shared/wire'
import { fitOf } from '../canvas/connecting'
import { FamilyGlyph } from '../parts/FamilyGlyph'
import { plural } from '../parts/format'
import { nextInChain } from '../state/chaining'
import { placeNode, placePort } from '../state/editing'
import { useApp, useCatalog } from '../state/hooks'
import { placeEntry } from '../state/library'
import { edit, type Session } from '../state/session'
import { closeOverlay, type PaletteRequest, toastError } from '../state/view'
import { describeNode, nodeGroups, type PortEntry, portEntries } from './node-groups'
import { PortGlyphs } from './PortGlyphs'
import { QuickExtras, useExtras } from './QuickExtras'
import { search } from './search'

/** The list of nodes at the pointer. With a wire in the hand it shows only what takes that wire, best fit first, and connects it. */
export function QuickPalette({ session, request }: { session: Session; request: PaletteRequest }) {
  const app = useApp()
  const specs = useCatalog((catalog) => catalog.specs)
  const library = useCatalog((catalog) => catalog.library)
  const [query, setQuery] = useState('')
  const box = useRef<HTMLDivElement>(null)
  const offered = useMemo(() => offeredFor(specs, request), [specs, request])
  const found = useMemo(() => search(offered, query, describeNode), [offered, query])
  const [chosen, setChosen] = useState('')
  const shows = (words: string) => query === '' || words.includes(query.toLowerCase())
  const published = library.filter((entry) => shows(`${entry.name} library subgraph`.toLowerCase()) && takes(entry, request.held))
  const { held } = request
  // an input that nothing feeds is most often what a run is asked
  const isPulledFromInput = held?.side === 'to'
  const ends = portEntries.filter(
    ({ side, title, words }) =>
      !request.splice &&
      (held === undefined || (held.side === 'to') === (side === 'inputs')) &&
      shows([title, ...words].join(' ').toLowerCase()),
  )
  const extras = useExtras(request.splice || request.held ? '' : query)
  const current =
    found.some((spec) => spec.type === chosen) || fixedItems.includes(chosen) || /^(library|model|template):/.test(chosen)
      ? chosen
      : isPulledFromInput && query === ''
        ? '@input'
        : (found[0]?.type ?? firstOf(published, extras))
  const [opened, setOpened] = useState('')
  const place = usePlace(request.screen)
  useEffect(() => {
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) closeOverlay(app.view)
    }
    window.addEventListener('pointerdown', outside, true)
    return () => window.removeEventListener('pointerdown', outside, true)
  }, [app])
  const insert = (type: string, keepOpen = false) => {
    const id = placeNode(app, session, type, request)
    if (keepOpen && request.chain && id !== undefined) {
      app.view.setState({ overlay: { type: 'palette', request: nextInChain(app, session, id, request) } })
      setQuery('')
    } else if (request.chain && id !== undefined) nextInChain(app, session, id, request)
    if (!keepOpen) {
      closeOverlay(app.view)
      app.canvas?.focus()
    }
  }
  const insertPort = (side: 'inputs' | 'outputs') => {
    placePort(app, session, side, request)
    closeOverlay(app.view)
  }
  return (
    <div ref={box} className="quick-palette" style={place} data-testid="quick-palette">
      <Command
        label="Add a node"
        shouldFilter={false}
        loop
        value={current}
        onValueChange={setChosen}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.preventDefault()
            closeOverlay(app.view)
            app.canvas?.focus()
          }
          const field = event.target instanceof HTMLInputElement ? event.target : undefined
          if (event.key === 'ArrowRight' && (!field || field.selectionStart === field.value.length)) setOpened(current)
          if (event.key === 'ArrowLeft') setOpened('')
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            const chosen = box.current?.querySelector('[data-selected="true"]')?.getAttribute('data-node-type')
            if (chosen) {
              event.preventDefault()
              event.stopPropagation()
              insert(chosen, true)
            }
          }
        }}
      >
        <div className="quick-head">
          <Command.Input
            className="quick-input"
            placeholder={held ? `What ${isPulledFromInput ? 'gives' : 'takes'} this ${wireKinds[held.kind].title} wire?` : 'Add a node…'}
            autoFocus
            value={query}
            onValueChange={(next) => {
              setQuery(next)
              setChosen('')
            }}
          />
          {held ? (
            <span className="chip hue" data-family={wireKinds[held.kind].family}>
              {wireKinds[held.kind].title}
            </span>
          ) : null}
        </div>
        <Command.List className="quick-list">
          <Command.Empty>
            {offered.length > 0 ? 'Nothing by this name.' : isPulledFromInput ? 'No node gives this wire.' : 'No node takes this wire.'}
          </Command.Empty>
          {isPulledFromInput ? ends.map((entry) => <EndItem key={entry.type} entry={entry} onInsert={insertPort} />) : null}
          {found.map((spec) => (
            <Command.Item
              key={spec.type}
              value={spec.type}
              className="menu-item node-item"
              data-node-type={spec.type}
              onSelect={() => insert(spec.type)}
            >
              <NodeItem spec={spec} />
              {opened === spec.type ? <PortList spec={spec} /> : null}
            </Command.Item>
          ))}
          {request.splice
            ? null
            : published.map((entry) => (
                <Command.Item
                  key={entry.graph}
                  className="menu-item node-item"
                  value={`library:${entry.graph}`}
                  onSelect={() => {
                    closeOverlay(app.view)
                    placeEntry(app, session, entry, request).catch((error) => toastError(app.view, error))
                  }}
                >
                  <Library />
                  <span className="two-lines">
                    <span>{entry.name}</span>
                    <small>{entry.summary || `library, version ${entry.version}, ${plural(entry.nodes, 'node')}`}</small>
                  </span>
                </Command.Item>
              ))}
          <QuickExtras session={session} request={request} extras={extras} />
          {isPulledFromInput ? null : ends.map((entry) => <EndItem key={entry.type} entry={entry} onInsert={insertPort} />)}
          {!held && !request.splice && shows('note comment') ? (
            <Command.Item
              className="menu-item node-item"
              value="note"
              onSelect={() => {
                edit(session, 'Add note', (document) => addNote(document, request.at))
                closeOverlay(app.view)
              }}
            >
              <StickyNote />
              <span className="two-lines">
                <span>Note</span>
                <small>words beside the graph</small>
              </span>
            </Command.Item>
          ) : null}
        </Command.List>
      </Command>
      <p className="quick-foot">
        <span>
          <kbd>↑↓</kbd> choose
        </span>
        <span>
          <kbd>
            <CornerDownLeft />
          </kbd>{' '}
          {held ? 'add and connect' : 'add'}
        </span>
        <span>
          <kbd>Ctrl ↵</kbd> {request.chain ? 'add, then the next on its wire' : 'add another'}
        </span>
        <span>
          <kbd>→</kbd> ports
        </span>
      </p>
    </div>
  )
}

/** An input or output of the graph, in the list. */
function EndItem({ entry: { type, side, title, summary }, onInsert }: { entry: PortEntry; onInsert(side: PortEntry['side']): void }) {
  return (
    <Command.Item className="menu-item node-item" value={type} onSelect={() => onInsert(side)}>
      {side === 'inputs' ? <LogIn /> : <LogOut />}
      <span className="two-lines">
        <span>{title}</span>
        <small>{summary}</small>
      </span>
    </Command.Item>
  )
}

/** With a wire in the hand, what has a port of its kind. */
function takes(entry: LibraryEntry, held: PaletteRequest['held']): boolean {
  if (!held) return true
  return Object.values(held.side === 'from' ? entry.inputs : entry.outputs).some((kind) =>
    held.side === 'from' ? meet(held.kind, kind).ok : meet(kind, held.kind).ok,
  )
}

const fixedItems = ['@input', '=output', 'note']

/** What Enter takes where no node matches. */
function firstOf(published: readonly LibraryEntry[], { models, templates }: ReturnType<typeof useExtras>): string {
  if (published[0]) return `library:${published[0].graph}`
  if (models[0]) return `model:${models[0].name}`
  return templates[0] ? `template:${templates[0].id}` : ''
}

export function NodeItem({ spec }: { spec: NodeSpec }) {
  const group = nodeGroups.find((candidate) => candidate.family === spec.family)
  return (
    <span className="node-entry" data-family={group?.hue}>
      <span className="entry-glyph">
        <FamilyGlyph spec={spec} />
      </span>
      <span className="two-lines">
        <span>{spec.title}</span>
        <small>{spec.summary}</small>
      </span>
      <PortGlyphs spec={spec} />
    </span>
  )
}

/** All ports of a kind of node, with what flows through them. */
function PortList({ spec }: { spec: NodeSpec }) {
  const sides: readonly (readonly [string, Readonly<Record<string, InputPort | OutputPort>>])[] = [
    ['in', spec.inputs],
    ['out', spec.outputs],
  ]
  return (
    <span className="port-list" data-testid="port-list">
      {sides.flatMap(([side, ports]) =>
        Object.entries(ports).map(([name, port]) => (
          <span key={`${side} ${name}`} data-family={wireKinds[port.wire].family}>
            <i className="glyph" data-family={wireKinds[port.wire].family} aria-hidden />
            <b>{`${side} ${portTitle(name, port)}`}</b> <small>{`${wireKinds[port.wire].title} · ${port.summary}`}</small>
          </span>
        )),
      )}
    </span>
  )
}

function offeredFor(specs: ReadonlyMap<string, NodeSpec>, { held, splice }: PaletteRequest): NodeSpec[] {
  const all = [...specs.values()].sort((a, b) => groupRank(a) - groupRank(b) || a.title.localeCompare(b.title))
  if (splice) return all.filter((spec) => Object.keys(spec.inputs).length > 0 && Object.keys(spec.outputs).length > 0)
  if (!held) return all
  return all
    .map((spec) => ({ spec, fit: fitOf(spec, held) }))
    .filter((entry) => entry.fit !== undefined)
    .sort((a, b) => (a.fit?.rank ?? 0) - (b.fit?.rank ?? 0) || (held.side === 'to' ? needs(a.spec) - needs(b.spec) : 0))
    .map(({ spec }) => spec)
}

/** Of what gives a value, that which needs nothing itself comes first. */
const needs = (spec: NodeSpec) => Object.values(spec.inputs).filter(({ arity }) => arity === 'one' || arity === 'some').length

const groupRank = (spec: NodeSpec) => nodeGroups.findIndex((group) => group.family === spec.family)

const size = { width: 460, height: 430 }

/** Beside the pointer, and whole inside the window. */
function usePlace({ x, y }: { x: number; y: number }) {
  return {
    left: Math.max(8, Math.min(x, window.innerWidth - size.width - 8)),
    top: Math.max(8, Math.min(y, window.innerHeight - size.height - 8)),
  }
}
