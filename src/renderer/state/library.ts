import type { LibraryEntry } from '../../shared/api'
import { serializeGraph } from '../../shared/graph/canonical'
import { edited } from '../../shared/graph/diff'
import type { GraphDocument, Subgraph } from '../../shared/graph/document'
import { addNode } from '../../shared/graph/edit'
import { importSubgraph, pinSubgraph, publishSubgraph, type SubgraphUpdate, updateSubgraph } from '../../shared/graph/publish'
import type { App } from './app'
import { joinedTo } from './editing'
import { selectOnly } from './flow'
import { edit, editWhole, type Session } from './session'
import type { PaletteRequest } from './view'

/** Subgraphs and the library: a graph has its own copy of each, pinned to the version that it came from. */

type Origin = NonNullable<Subgraph['origin']>

const originOf = ({ graph, name, version }: LibraryEntry): Origin => ({ name, version: String(version), graph })

/** The entry that a subgraph came from, if the library still has it. */
export function entryOf(library: readonly LibraryEntry[], origin: Origin | undefined): LibraryEntry | undefined {
  return origin && library.find(({ graph }) => graph === origin.graph)
}

/** A newer version than the pinned one. */
export function newerThan(library: readonly LibraryEntry[], origin: Origin | undefined): LibraryEntry | undefined {
  const entry = entryOf(library, origin)
  return entry && entry.version > Number(origin?.version) ? entry : undefined
}

/** Puts a subgraph into the library, as a new entry or as the next version of `graph`, and pins it here to what was published. */
export async function publish(app: App, session: Session, subgraph: string, name: string, graph?: string): Promise<LibraryEntry> {
  const document = publishSubgraph(session.document.getState().document, { subgraph, name })
  const text = serializeGraph(document)
  const entry = await app.client.call('library.publish', { text, name, ...(graph === undefined ? {} : { graph }) })
  editWhole(session, `Publish “${name}”`, (before) => pinSubgraph(before, { subgraph, origin: originOf(entry) }))
  return entry
}

/** A container that runs a copy of a library entry (its newest version, unless another is asked for), wired to what is in the hand. */
export async function placeEntry(
  app: App,
  session: Session,
  entry: LibraryEntry,
  request: Pick<PaletteRequest, 'at' | 'held'> & { readonly version?: number },
): Promise<void> {
  const { version = entry.version } = request
  const published = await app.client.call('graphs.version', { id: entry.graph, version })
  const { specs } = app.catalog.getState()
  let id = ''
  edit(session, `Add ${entry.name}`, (before) => {
    const wanted = entry.graph.replace(/[^A-Za-z0-9_-]/g, '')
    const homed = importSubgraph(before, { published, origin: originOf({ ...entry, version }), wanted })
    const v = specs.get('subgraph')?.version ?? 1
    const added = addNode(homed.document, { type: 'subgraph', v, subgraph: homed.subgraph, title: entry.name, at: request.at })
    id = added.id
    return edited(before, request.held ? joinedTo(added.document, specs, id, request.held) : added.document)
  })
  selectOnly(session.flow, [id])
}

/** What the newest version would change here. With the pinned version as base, changes made here since are kept. */
export async function planUpdate(app: App, session: Session, subgraph: string): Promise<SubgraphUpdate & { readonly entry: LibraryEntry }> {
  const { document } = session.document.getState()
  const origin = document.subgraphs[subgraph]?.origin
  const entry = entryOf(app.catalog.getState().library, origin)
  if (!entry || !origin) throw new Error('The library does not have this subgraph any more.')
  const version = (number: number): Promise<GraphDocument> => app.client.call('graphs.version', { id: entry.graph, version: number })
  const [published, base] = await Promise.all([version(entry.version), version(Number(origin.version)).catch(() => undefined)])
  return {
    ...updateSubgraph(document, {
      subgraph,
      published,
      specs: app.catalog.getState().specs,
      origin: originOf(entry),
      ...(base ? { base } : {}),
    }),
    entry,
  }
}
