import { createStore } from 'zustand/vanilla'
import type { OpenedGraph } from '../../shared/api'
import { type Edited, edited } from '../../shared/graph/diff'
import type { GraphDocument } from '../../shared/graph/document'
import { isJsonObject, type Json } from '../../shared/json'
import { noControl, type RunControl } from '../../shared/run/control'
import type { Client } from '../api/client'
import { type Autosave, createAutosave } from './autosave'
import type { CatalogStore } from './catalog'
import { type ControlStore, createControlStore } from './control'
import {
  absorb,
  commit,
  createDocumentStore,
  type DocumentStore,
  outward,
  rebase,
  redo,
  replaceDocument,
  shownGraph,
  shownPath,
  shownScope,
  undo,
} from './document'
import { clearFlow, createFlowStore, deriveFlow, type FlowStore } from './flow'
import { createItemsStore, type ItemsStore, prefixOf } from './items'
import { type Keyed, keyed } from './keyed'
import { createPastStore, type PastStore } from './past'
import { type ProblemsStore, watchProblems } from './problems'
import { createRunStore, type RunStore, refreshStale, runDiffers } from './run'
import { toast, toastError, type ViewStore } from './view'
import { createViewports, type Viewports } from './viewports'
import { createVisits, type Visits } from './visits'

/** One open graph: its document with history, its autosave, its flow, its inputs' draft values, and the run that is shown on it. */
export interface Session {
  readonly id: string
  readonly document: DocumentStore
  readonly autosave: Autosave
  readonly flow: FlowStore
  readonly run: RunStore
  /** the run by the path of a node: who reads one node hears of that node only */
  readonly runOf: Keyed
  /** what ids of the shown graph begin with in the events of a run */
  readonly prefix: PrefixStore
  readonly problems: ProblemsStore
  /** the version, or the two versions, that are looked at instead of the graph as it is now */
  readonly past: PastStore
  readonly inputs: InputsStore
  /** which item of each container is looked at */
  readonly items: ItemsStore
  readonly viewports: Viewports
  readonly visits: Visits
  /** breakpoints and pinned outputs */
  readonly control: ControlStore
  close(): void
}

export type InputsStore = ReturnType<typeof createInputsStore>
/** What is typed into the graph's inputs: a draft beside the document, saved by itself. */
const createInputsStore = (values: Readonly<Record<string, Json>>) => createStore<InputValues>(() => ({ values, asOf: undefined }))
export interface InputValues {
  readonly values: Readonly<Record<string, Json>>
  /** what the run that is looked at was given */
  readonly asOf: Readonly<Record<string, Json>> | undefined
}

export type PrefixStore = ReturnType<typeof createPrefixStore>
const createPrefixStore = () => createStore<{ readonly prefix: string }>(() => ({ prefix: '' }))

export interface SessionTools {
  readonly client: Client
  readonly catalog: CatalogStore
  readonly view: ViewStore
}

export function createSession(
  opened: OpenedGraph,
  draft: Readonly<Record<string, Json>>,
  tools: SessionTools,
  held: RunControl = noControl,
): Session {
  const { client, catalog, view } = tools
  const id = opened.document.id
  const document = createDocumentStore(opened.document, opened.issues, opened.history)
  const flow = createFlowStore()
  const run = createRunStore()
  const past = createPastStore()
  const inputs = createInputsStore(draft)
  const control = createControlStore()
  control.setState(held)
  const autosave = createAutosave({
    client,
    id,
    revision: opened.revision,
    onRebased: (next, ours) => {
      rebase(document, next)
      if (ours) toast(view, 'info', 'Another window edited this graph; your change was put on top of it.')
    },
    onForeign: (diff) => absorb(document, diff),
  })
  const items = createItemsStore()
  const prefix = createPrefixStore()
  const problems = watchProblems(document, catalog)
  const runOf = keyed(run, runDiffers)
  const findPrefix = () => {
    const path = shownPath(document.getState())
    const found = path.length === 0 ? '' : prefixOf(items.getState(), run.getState().state.nodes, path)
    if (found !== prefix.getState().prefix) prefix.setState({ prefix: found })
  }
  const derive = () => deriveFlow(flow, shownGraph(document.getState()), catalog.getState().specs)
  derive()
  const ends = [
    ...problems.ends,
    runOf.close,
    document.subscribe(findPrefix),
    items.subscribe(findPrefix),
    run.subscribe(findPrefix),
    document.subscribe((now, before) => {
      // Ids of one graph mean nothing in another: sizes and selection do not go along.
      if (shownScope(now) !== shownScope(before)) clearFlow(flow)
      if (shownGraph(now) !== shownGraph(before)) derive()
    }),
    catalog.subscribe((now, before) => {
      if (now.specs !== before.specs) derive()
    }),
    afterEdits(document, () => refreshStale(run, document.getState().document)),
    client.on('graph.changed', (change) => {
      if (change.id !== id) return
      autosave.hear(change)
    }),
    saveInputs(inputs, (values) =>
      client.call('graphs.setInputs', { id, inputs: values as Record<string, never> }).catch((error) => toastError(view, error)),
    ),
  ]
  ends.push(
    control.subscribe((value) => {
      client.call('graphs.setControl', { id, control: value }).catch((error) => toastError(view, error))
    }),
  )
  return {
    id,
    document,
    autosave,
    flow,
    run,
    runOf,
    prefix,
    problems: problems.store,
    past,
    inputs,
    items,
    viewports: createViewports(),
    visits: createVisits(),
    control,
    close: () => {
      for (const end of ends) end()
    },
  }
}

const staleDelayMs = 80

/** Once after a burst of edits: a keystroke does not wait for what is only told afterwards. */
function afterEdits(document: DocumentStore, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  return document.subscribe((now, before) => {
    if (now.document === before.document) return
    clearTimeout(timer)
    timer = setTimeout(act, staleDelayMs)
  })
}

const inputDelayMs = 250

function saveInputs(inputs: InputsStore, save: (values: Readonly<Record<string, Json>>) => unknown): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  return inputs.subscribe(({ values }, before) => {
    if (values === before.values) return
    clearTimeout(timer)
    timer = setTimeout(() => save(values), inputDelayMs)
  })
}

/** Makes an edit of the graph that is shown: into the document, its history and the journal. `merge` joins steps of one field, one drag, one slider. */
export function edit(session: Session, label: string, change: (document: GraphDocument) => Edited, merge?: string): boolean {
  return editWhole(
    session,
    label,
    (document, scope) => {
      if (scope === undefined) return change(document)
      const state = session.document.getState()
      return edited(document, outward(state, change(shownGraph(state)).document))
    },
    merge,
  )
}

/** The same for edits that reach beyond the shown graph: `scope` is its id, absent at the top. */
export function editWhole(
  session: Session,
  label: string,
  change: (document: GraphDocument, scope: string | undefined) => Edited,
  merge?: string,
): boolean {
  const state = session.document.getState()
  const diff = commit(session.document, label, change(state.document, shownScope(state)), merge)
  if (diff) session.autosave.save(diff, label)
  return diff !== undefined
}

/** The graph on the canvas, for what is no component. */
export const shownIn = (session: Session): GraphDocument => shownGraph(session.document.getState())

export function undoStep(session: Session): string | undefined {
  const step = undo(session.document)
  if (step) session.autosave.save(step.diff, step.label)
  return step?.label
}

export function redoStep(session: Session): string | undefined {
  const step = redo(session.document)
  if (step) session.autosave.save(step.diff, step.label)
  return step?.label
}

export function setInput(session: Session, name: string, value: Json | undefined): void {
  if (session.inputs.getState().asOf) return
  session.inputs.setState(({ values }) => {
    const { [name]: _, ...others } = values
    return { values: value === undefined ? others : { ...others, [name]: value } }
  })
}

/** The value that a run gets for an input: what was typed, else the default, else the example of a template. Of a run of the past: what it got. */
export function inputValue(session: Session, name: string): Json | undefined {
  const { values, asOf } = session.inputs.getState()
  if (asOf) return asOf[name]
  const typed = values[name]
  if (typed !== undefined) return typed
  const declared = session.document.getState().document.interface.inputs[name]
  return (declared?.default ?? declared?.example) as Json | undefined
}

export function reload(session: Session, opened: OpenedGraph): void {
  replaceDocument(session.document, opened.document, opened.issues)
  session.autosave.store.setState({ revision: opened.revision, status: 'saved' })
}

export const isDraft = (value: unknown): value is Record<string, Json> => isJsonObject(value)
