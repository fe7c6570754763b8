import { ArrowUpCircle, ExternalLink, Library, MoreHorizontal, Search } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { LibraryEntry } from '../../shared/api'
import { libraryDragType } from '../canvas/drops'
import { formatAgo, plural } from '../parts/format'
import { DropMenu, Empty, type MenuEntry } from '../parts/parts'
import { openGraph } from '../state/app'
import { beside, firstOutput } from '../state/chaining'
import { useApp, useCatalog, useDocument, useSession } from '../state/hooks'
import { placeEntry } from '../state/library'
import { toastError } from '../state/view'
import { useVersions } from '../versions/use-versions'
import { PortGlyphs } from './PortGlyphs'
import { search } from './search'

/** Published subgraphs: found by words, put into this graph by a drag or Enter, brought up to date where a copy here is older than the newest version. */
export function LibraryPanel() {
  const library = useCatalog((catalog) => catalog.library)
  const [query, setQuery] = useState('')
  const found = useMemo(
    () =>
      search(library, query, ({ name, summary, inputs, outputs }) => ({
        title: name,
        summary,
        words: Object.keys({ ...inputs, ...outputs }),
      })),
    [library, query],
  )
  return (
    <section className="side" aria-label="Library" data-testid="library-panel">
      <div className="side-search">
        <Search aria-hidden />
        <input
          className="field"
          aria-label="Find in the library"
          placeholder="Find a published subgraph…"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </div>
      <div className="side-scroll">
        {library.length === 0 ? (
          <Empty icon={<Library />}>
            Nothing is published yet. Make a subgraph of what you selected and publish it: every graph can use it then, pinned to a version.
          </Empty>
        ) : found.length === 0 ? (
          <Empty icon={<Search />}>Nothing by this name.</Empty>
        ) : (
          found.map((entry) => <Entry key={entry.graph} entry={entry} />)
        )}
      </div>
    </section>
  )
}

function Entry({ entry }: { entry: LibraryEntry }) {
  const app = useApp()
  const session = useSession()
  const place = (version = entry.version) => {
    const [selected = '', ...more] = session.flow.getState().selectedNodes
    const held = more.length === 0 ? firstOutput(app, session, selected) : undefined
    const at = held ? beside(session, selected) : undefined
    placeEntry(app, session, entry, { at: at ?? app.canvas?.centre() ?? { x: 0, y: 0 }, ...(held ? { held } : {}), version }).catch(
      (error) => toastError(app.view, error),
    )
  }
  return (
    <article className="library-entry" data-family="model">
      <div className="library-face">
        <button
          type="button"
          className="entry"
          data-testid={`library-${entry.graph}`}
          title={entry.summary || undefined}
          draggable
          onDragStart={(event) => {
            event.dataTransfer.setData(libraryDragType, entry.graph)
            event.dataTransfer.effectAllowed = 'copy'
          }}
          onClick={() => place()}
        >
          <span className="entry-glyph">
            <Library />
          </span>
          <span className="entry-title">{entry.name}</span>
          <PortGlyphs spec={entry} />
          <small className="faint">{`v${entry.version}`}</small>
        </button>
        <More entry={entry} onPlace={place} />
      </div>
      <Copies entry={entry} />
    </article>
  )
}

/** Its versions, each of which can be put in, and the graph that it is. */
function More({ entry, onPlace }: { entry: LibraryEntry; onPlace(version: number): void }) {
  const app = useApp()
  const versions = useVersions(entry.graph) ?? []
  const entries: MenuEntry[] = [
    {
      id: 'open',
      label: `Open it (${plural(entry.nodes, 'node')})`,
      icon: <ExternalLink />,
      onSelect: () => void openGraph(app, entry.graph),
    },
    ...versions.map(({ version, at }, i) => ({
      id: String(version),
      label: `Put in version ${version}, ${formatAgo(at, Date.now())}`,
      separated: i === 0,
      onSelect: () => onPlace(version),
    })),
  ]
  return (
    <DropMenu
      label={`Versions of ${entry.name}`}
      trigger={
        <button type="button" className="btn quiet icon small" aria-label={`More about ${entry.name}`}>
          <MoreHorizontal />
        </button>
      }
      entries={entries}
    />
  )
}

/** What this graph has of it, and which version. */
function Copies({ entry }: { entry: LibraryEntry }) {
  const app = useApp()
  const document = useDocument((state) => state.document)
  const bodies = [document, ...Object.values(document.subgraphs)]
  const titleOf = (id: string) => bodies.flatMap(({ nodes }) => Object.values(nodes)).find(({ subgraph }) => subgraph === id)?.title
  const copies = Object.entries(document.subgraphs).filter(([, { origin }]) => origin?.graph === entry.graph)
  return copies.map(([id, { origin }]) => (
    <p key={id} className="library-copy">
      <span className="faint">{`here: ${titleOf(id) || entry.name}, v${origin?.version}`}</span>
      {Number(origin?.version) < entry.version ? (
        <button
          type="button"
          className="btn small"
          data-testid={`library-update-${id}`}
          onClick={() => app.view.setState({ overlay: { type: 'update', subgraph: id } })}
        >
          <ArrowUpCircle /> {`See what v${entry.version} changes`}
        </button>
      ) : null}
    </p>
  ))
}
