import type { GraphCard, Handlers, OpenedGraph } from '../../shared/api'
import { TributaryError } from '../../shared/errors'
import { apply } from '../../shared/graph/apply'
import { serializeGraph } from '../../shared/graph/canonical'
import { GRAPH_FORMAT, GRAPH_VERSION, type GraphDocument } from '../../shared/graph/document'
import { historyOf, type JournalledEdit } from '../../shared/graph/history'
import type { Issue } from '../../shared/graph/issue'
import { loadGraph } from '../../shared/graph/load'
import type { Json } from '../../shared/json'
import { runControl } from '../../shared/run/control'
import { createEditAuthors } from './edit-authors'
import type { House } from './house'
import { keepVersion, saveVersion } from './keep-versions'

type GraphMethods = Extract<keyof Handlers, `graphs.${string}`>

/** edits of the journal that can be taken back after a restart */
const historyKept = 500

/** Recipes and the YAML of MergeKit, loaded when one is asked for. */
const recipes = () => import('./recipes')

/** Everything about stored graphs. Each edit is journalled, in one transaction, before it is acknowledged. */
export function graphHandlers(house: House): Pick<Handlers, GraphMethods> {
  const { store } = house
  const authors = createEditAuthors(house.isConnected, historyKept)
  const opened = (document: GraphDocument, revision: number, issues: readonly Issue[] = []): OpenedGraph => {
    warmFor(house, document)
    return { document, revision, issues }
  }

  return {
    'graphs.list': () => store.graphs.list().map((graph) => withLastRun(house, graph)),
    'graphs.open': ({ id }, { client }) => {
      const { document, revision } = store.graphs.get(id)
      const loaded = loadGraph(serializeGraph(document), { specs: house.specs })
      const isOthers = ({ revision: of }: JournalledEdit) => authors.isOthers(id, of, client)
      const history = historyOf(store.journal.list(id, revision - historyKept), revision, isOthers)
      return { ...opened(document, revision, loaded.ok ? loaded.issues : []), history }
    },
    'graphs.create': async ({ name, template, real }) => {
      const made = template === undefined ? emptyDocument() : await house.template(template, real === true)
      // Which template it began as is no part of what it means: the window offers the step to real models by it.
      const document = template === undefined ? made : { ...made, ui: { ...made.ui, template } }
      return adoptGraph(house, document, name || document.name)
    },
    'graphs.apply': ({ id, revision, diff, label }, context) => {
      const current = store.graphs.get(id)
      if (current.revision !== revision) throw conflict(current.revision, revision)
      const document = apply(current.document, diff)
      refuseDamage(document, house)
      keepVersion(house, current, context.client, Date.now())
      const next = store.graphs.edit({ id, revision, document, diff, label })
      authors.note(id, next, context.client)
      warmFor(house, document)
      house.broadcast('graph.changed', { id, revision: next, diff, by: context.client })
      if (current.document.name !== document.name) house.broadcast('graph.listChanged', {})
      return { revision: next }
    },
    'graphs.saveVersion': ({ id, name }, context) => saveVersion(house, id, name, context.client),
    'graphs.versions': ({ id }) => store.versions.list(id),
    'graphs.version': ({ id, version }) => store.versions.get(id, version),
    'graphs.duplicate': ({ id }) => {
      const { document } = store.graphs.get(id)
      return adoptGraph(house, document, `${document.name || 'Untitled'} copy`)
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
    'graphs.import': async ({ text, file }) => {
      const { document, issues } = await (await recipes()).graphOfText(house, text, file)
      const isNamed = file === undefined || !/\.ya?ml$/i.test(file)
      return adoptGraph(house, document, isNamed ? document.name : file.replace(/\.ya?ml$/i, ''), issues)
    },
    'graphs.openRecipe': async ({ sha256 }) => {
      const { document, issues } = await (await recipes()).graphOfModel(house, sha256)
      return adoptGraph(house, document, document.name, issues)
    },
    'graphs.exportMergekit': async ({ id }) => {
      const { document } = store.graphs.get(id)
      return { fileName: `${fileNameOf(document.name)}.yml`, ...(await (await recipes()).mergekitOf(document)) }
    },
    'graphs.export': ({ id }) => {
      const { document } = store.graphs.get(id)
      return { fileName: `${fileNameOf(document.name)}.trib.json`, text: serializeGraph(document) }
    },
    'graphs.inputs': ({ id }) => store.graphs.inputs(id) as Record<string, Json>,
    'graphs.control': ({ id }) => runControl.parse(store.graphs.control(id)),
    'graphs.setControl': ({ id, control }) => {
      store.graphs.setControl(id, control as Json)
      // what runs of it in this house heeds a breakpoint that is taken away, as a debugger does
      for (const [run, handle] of house.activeRuns) if (store.runs.get(run).graph === id) handle.setBreaks(control)
      return null
    },
    'graphs.setInputs': ({ id, inputs }) => {
      store.graphs.setInputs(id, inputs)
      return null
    },
  }
}

/** Stores a document under a fresh id and name; nothing that is there is ever replaced. */
export function adoptGraph(house: House, document: GraphDocument, name: string, issues: readonly Issue[] = []): OpenedGraph {
  const stored = house.store.graphs.create({ ...document, id: house.newId('g'), name })
  if (Object.keys(document.nodes).length > 0) saveVersion(house, stored.id, 'As it began', '')
  house.broadcast('graph.listChanged', {})
  warmFor(house, document)
  return { document: stored.document, revision: stored.revision, issues }
}

function warmFor(house: House, document: GraphDocument): void {
  if (Object.keys(document.models).length > 0) house.warmModels()
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
