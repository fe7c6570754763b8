import type { Handlers, LibraryEntry } from '../../shared/api'
import { TributaryError } from '../../shared/errors'
import { semanticHash } from '../../shared/graph/canonical'
import { diffDocuments } from '../../shared/graph/diff'
import type { GraphDocument } from '../../shared/graph/document'
import { loadGraph } from '../../shared/graph/load'
import type { House } from './house'

type LibraryMethods = Extract<keyof Handlers, `library.${string}`>

/**
 * The library of subgraphs. What is published is an ordinary stored graph (it opens and runs alone) with the member `library`; each publication is a version of it.
 * A graph that uses one has its own copy, pinned to a version: nothing changes there until a person updates it.
 */
export function libraryHandlers(house: House): Pick<Handlers, LibraryMethods> {
  const { store } = house
  const published = (): GraphDocument[] =>
    store.graphs
      .list()
      .map(({ id }) => store.graphs.get(id).document)
      .filter(isPublished)

  return {
    'library.list': () =>
      published().flatMap((document): LibraryEntry[] => {
        const latest = Math.max(0, ...store.versions.list(document.id).map(({ version }) => version))
        return latest === 0 ? [] : [{ ...faceOf(document), version: latest }]
      }),
    'library.publish': ({ text, graph, name }, context) => {
      const loaded = loadGraph(text, { specs: house.specs })
      if (!loaded.ok) throw TributaryError.fromReport(loaded.error)
      const before = published().find(({ id }) => id === graph)
      const document = { ...loaded.document, id: before?.id ?? house.newId('g'), name, library: true }
      if (before) {
        const { revision } = store.graphs.get(before.id)
        const diff = diffDocuments(before, document)
        const next = store.graphs.edit({ id: before.id, revision, document, diff, label: 'Publish' })
        house.broadcast('graph.changed', { id: before.id, revision: next, diff, by: context.client })
      } else store.graphs.create(document)
      const { version } = store.versions.save({ graph: document.id, document, name: 'Published', semanticHash: semanticHash(document) })
      house.broadcast('graph.listChanged', {})
      return { ...faceOf(document), version }
    },
  }
}

const isPublished = (document: GraphDocument): boolean => document.library === true

const faceOf = (document: GraphDocument): Omit<LibraryEntry, 'version'> => ({
  graph: document.id,
  name: document.name,
  summary: document.description ?? '',
  nodes: Object.keys(document.nodes).length,
  inputs: Object.fromEntries(Object.entries(document.interface.inputs).map(([name, { type }]) => [name, type])),
  outputs: Object.fromEntries(Object.entries(document.interface.outputs).map(([name, { type }]) => [name, type])),
})
