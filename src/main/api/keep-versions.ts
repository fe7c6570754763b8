import { semanticHash } from '../../shared/graph/canonical'
import { summariseDocuments } from '../../shared/graph/change-summary'
import type { GraphVersionRow, NewVersion, StoredGraph } from '../store'
import type { House } from './house'

const pauseMs = 2 * 60 * 1000
const longestMs = 10 * 60 * 1000

/**
 * Every edit is in the journal; a version is kept of each burst of them. A burst ends when a person rests for two minutes, or after ten minutes of
 * work. No clock runs for it: the next edit finds that a version is due, and keeps the graph as the edit found it, at the time of the edit before.
 */
export function isDue(
  graph: Pick<StoredGraph, 'createdAt' | 'updatedAt'>,
  last: { readonly at: number } | undefined,
  now: number,
): boolean {
  return now - graph.updatedAt > pauseMs || now - Math.max(graph.createdAt, last?.at ?? 0) > longestMs
}

/** Called before an edit is stored. A graph that is still what its last version was gets no other. */
export function keepVersion({ store, specs, broadcast }: House, graph: StoredGraph, author: string, now: number): void {
  const last = store.versions.latest(graph.id)
  if (!isDue(graph, last, now) || Object.keys(graph.document.nodes).length === 0) return
  const hash = semanticHash(graph.document)
  if (last?.semanticHash === hash) return
  store.versions.save(
    describeVersion({ store, specs }, last, {
      graph: graph.id,
      document: graph.document,
      name: '',
      semanticHash: hash,
      automatic: true,
      author,
      at: graph.updatedAt,
    }),
  )
  broadcast('graph.versionsChanged', { id: graph.id })
}

/** Keeps the graph as it is now under a name. */
export function saveVersion({ store, specs, broadcast }: House, id: string, name: string, author: string): GraphVersionRow {
  const { document } = store.graphs.get(id)
  const last = store.versions.latest(id)
  const version = describeVersion({ store, specs }, last, { graph: id, document, name, semanticHash: semanticHash(document), author })
  const saved = store.versions.save(version)
  broadcast('graph.versionsChanged', { id })
  return saved
}

/** The version with what is new in it since the one before, in words. */
function describeVersion(
  { store, specs }: Pick<House, 'store' | 'specs'>,
  last: GraphVersionRow | undefined,
  version: NewVersion,
): NewVersion {
  return { ...version, summary: last ? summariseDocuments(store.versions.get(version.graph, last.version), version.document, specs) : '' }
}
