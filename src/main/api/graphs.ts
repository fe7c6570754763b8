import type { CallContext, GraphCard, Handlers, OpenedGraph } from '../../shared/api'
import { TributaryError } from '../../shared/errors'
import { apply } from '../../shared/graph/apply'
import { semanticHash, serializeGraph } from '../../shared/graph/canonical'
import { diffDocuments } from '../../shared/graph/diff'
import { GRAPH_FORMAT, GRAPH_VERSION, type GraphDocument } from '../../shared/graph/document'
import type { Issue } from '../../shared/graph/issue'
import { loadGraph } from '../../shared/graph/load'
import type { Json } from '../../shared/json'
import type { House } from './house'

type GraphMethods = Extract<keyof Handlers, `graphs.${string}`>

/** Everything about stored graphs. Each edit is journalled, in one transaction, before it is acknowledged. */
export function graphHandlers(house: House): Pick<Handlers, GraphMethods> {
  const { store } = house
  const opened = (document: GraphDocument, revision: number, issues: readonly Issue[] = []): OpenedGraph => ({ document, revision, issues })

  /** Stores a document under a fresh id and name; nothing that is there is ever replaced. */
  const adopt = (document: GraphDocument, name: string, issues: readonly Issue[] = []): OpenedGraph => {
    const stored = store.graphs.create({ ...document, id: house.newId('g'), name })
    house.broadcast('graph.listChanged', {})
    return opened(stored.document, stored.revision, issues)
  }

  /** A whole new state as one edit, so that undo, journal and other windows see it like any other. */
  const replace = (id: string, document: GraphDocument, label: string, context: CallContext): OpenedGraph => {
    const current = store.graphs.get(id)
    const next = { ...document, id }
    const diff = diffDocuments(current.document, next)
    const revision = store.graphs.edit({ id, revision: current.revision, document: next, diff, label })
    house.broadcast('graph.changed', { id, revision, diff, by: context.client })
    return opened(next, revision)
  }

  return {
    'graphs.list': () => store.graphs.list().map((graph) => withLastRun(house, graph)),
    'graphs.open': ({ id }) => {
      const { document, revision } = store.graphs.get(id)
      const loaded = loadGraph(serializeGraph(document), { specs: house.specs })
      return opened(document, revision, loaded.ok ? loaded.issues : [])
    },
    'graphs.create': async ({ name, template, real }) => {
      const document = template === undefined ? emptyDocument() : await house.template(template, real === true)
      return adopt(document, name || document.name)
    },
    'graphs.apply': ({ id, revision, diff, label }, context) => {
      const current = store.graphs.get(id)
      if (current.revision !== revision) throw conflict(current.revision, revision)
      const document = apply(current.document, diff)
      refuseDamage(document, house)
      const next = store.graphs.edit({ id, revision, document, diff, label })
      house.broadcast('graph.changed', { id, revision: next, diff, by: context.client })
      if (current.document.name !== document.name) house.broadcast('graph.listChanged', {})
      return { revision: next }
    },
    'graphs.saveVersion': ({ id, name }) => {
      const { document } = store.graphs.get(id)
      return store.versions.save({ graph: id, document, name, semanticHash: semanticHash(document) })
    },
    'graphs.versions': ({ id }) => store.versions.list(id),
    'graphs.version': ({ id, version }) => store.versions.get(id, version),
    'graphs.restore': ({ id, version }, context) => {
      const document = store.versions.get(id, version)
      const before = store.graphs.get(id).document
      store.versions.save({
        graph: id,
        document: before,
        name: `Before restoring version ${version}`,
        semanticHash: semanticHash(before),
        automatic: true,
      })
      return replace(id, document, `Restore version ${version}`, context)
    },
    'graphs.duplicate': ({ id }) => {
      const { document } = store.graphs.get(id)
      return adopt(document, `${document.name || 'Untitled'} copy`)
    },
    'graphs.delete': ({ id }) => {
      store.graphs.delete(id)
      house.broadcast('graph.listChanged', {})
      return null
    },
    'graphs.undelete': ({ id }) => {
      const { document, revision } = store.graphs.undelete(id)
      house.broadcast('graph.listChanged', {})
      return opened(document, revision)
    },
    'graphs.import': ({ text }) => {
      const loaded = loadGraph(text, { specs: house.specs })
      if (!loaded.ok) throw TributaryError.fromReport(loaded.error)
      return adopt(loaded.document, loaded.document.name, loaded.issues)
    },
    'graphs.export': ({ id }) => {
      const { document } = store.graphs.get(id)
      return { fileName: `${fileNameOf(document.name)}.trib.json`, text: serializeGraph(document) }
    },
    'graphs.inputs': ({ id }) => store.graphs.inputs(id) as Record<string, Json>,
    'graphs.setInputs': ({ id, inputs }) => {
      store.graphs.setInputs(id, inputs)
      return null
    },
  }
}

function withLastRun(house: House, graph: { id: string; name: string; revision: number; updatedAt: number; nodes: number }): GraphCard {
  const [last] = house.store.runs.list({ graph: graph.id, limit: 1 })
  const card = { id: graph.id, name: graph.name, revision: graph.revision, updatedAt: graph.updatedAt, nodes: graph.nodes }
  return last ? { ...card, lastRun: { id: last.id, status: last.status, at: last.startedAt } } : card
}

/** An edit may leave problems of wiring, never a document that would have to be repaired to open again. */
function refuseDamage(document: GraphDocument, house: House): void {
  const loaded = loadGraph(serializeGraph(document), { specs: house.specs })
  if (!loaded.ok) throw TributaryError.fromReport(loaded.error)
  const damage = loaded.issues.find(({ code }) => code === 'set-aside' || code === 'repaired')
  if (damage && !('setAside' in document)) throw new TributaryError('graph-invalid', `This edit would damage the graph: ${damage.message}.`)
}

function conflict(current: number, revision: number): TributaryError {
  return new TributaryError(
    'graph-conflict',
    `The graph was changed in another window (revision ${current}; this edit was made on ${revision}).`,
    {
      hint: 'The newest state is loaded; make the edit again.',
    },
  )
}

const emptyDocument = (): GraphDocument => ({
  format: GRAPH_FORMAT,
  version: GRAPH_VERSION,
  id: 'new',
  name: '',
  models: {},
  subgraphs: {},
  interface: { inputs: {}, outputs: {} },
  nodes: {},
  wires: [],
  ui: { nodes: {}, frames: [], notes: [] },
})

/** A name that every file system takes. */
export function fileNameOf(name: string): string {
  const safe = name
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N} _-]+/gu, '')
    .trim()
    .replace(/\s+/g, '-')
    .slice(0, 80)
  return safe || 'graph'
}
